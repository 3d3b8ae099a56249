/** For tests: a process that records without end and says on stdout up to which seq everything is in the file. It is to be killed. */
import { CaptureLog } from "../capture/capture-log.ts";
import { floatArrayRecord, floatRecord } from "../capture/test-records.ts";
import { startRecorder, TEST_PID } from "./test-recording.ts";

const [path = ""] = process.argv.slice(2);
const log = new CaptureLog({ maxBytes: 16 * 1024 * 1024 });
const recorder = await startRecorder(path, log);
let seq = 0;
for (;;) {
  for (let i = 0; i < 300; i += 1) {
    seq += 1;
    const isArray = seq % 10 === 0;
    const record = isArray ? floatArrayRecord([seq, -seq], { seq, probe: 2 }) : floatRecord(seq, { seq });
    log.append(TEST_PID, record, 0);
  }
  await recorder.flush();
  process.stdout.write(`${seq}\n`);
}
