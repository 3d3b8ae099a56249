/** What happens for each call of the API. A call without a handler does not compile. */
import { resolve } from "node:path";
import {
  type CallArguments,
  CallError,
  type CallName,
  type CallResult,
  PROTOCOL_VERSION,
  type ProbeId,
  PYPROBE_VERSION,
  type SessionId,
  type SessionSnapshot,
} from "@pyprobe/protocol";
import type { Session } from "../session/session.ts";
import type { Client } from "./client.ts";
import { Follower } from "./follower.ts";
import type { HubParts } from "./hub-parts.ts";
import { listCaptures } from "./list-captures.ts";
import type { SessionFeed } from "./session-feed.ts";
import type { OpenedSource } from "./session-sources.ts";
import { View } from "./view.ts";

export type Handlers = {
  readonly [Name in CallName]: (
    args: CallArguments<Name>,
    client: Client,
  ) => CallResult<Name> | Promise<CallResult<Name>>;
};

/** What handlers need of the hub that they belong to. */
export type HandlerHub = {
  readonly parts: HubParts;
  feed(id: SessionId): SessionFeed;
  nextViewId(): number;
  record(session: Session, path: string): Promise<void>;
  openRecording(path: string): Session;
  closeSession(id: SessionId, options: { force: boolean }): Promise<void>;
};

export function createHandlers(hub: HandlerHub): Handlers {
  const { sessions, sources } = hub.parts;
  const probeOf = (session: Session, probe: ProbeId) => {
    if (session.anchorOf(probe) !== undefined) return probe;
    throw new CallError("no_such_probe", `Cannot find probe ${probe}: session ${session.id} never had it`);
  };
  return {
    "engine.info": () => ({
      version: PYPROBE_VERSION,
      protocol: PROTOCOL_VERSION,
      pid: process.pid,
      node: process.versions.node,
      platform: process.platform,
    }),
    "engine.shutdown": () => {
      hub.parts.onShutdown();
      return {};
    },
    "interpreter.list": ({ near }) => hub.parts.listInterpreters(near),

    "session.list": () => sessions.list().map(({ info }) => info),
    "session.launch": async (args) => {
      const { record, hold } = args;
      if (record === undefined) return sessions.launch(args).info;
      // Its first line runs only when the file is there.
      const session = sessions.launch({ ...args, hold: true });
      try {
        await hub.record(session, resolve(args.cwd ?? process.cwd(), record));
      } catch (error) {
        await hub.closeSession(session.id, { force: true });
        throw error;
      }
      if (!hold) session.begin();
      return session.info;
    },
    "session.begin": ({ session }) => {
      sessions.get(session).begin();
      return {};
    },
    "session.stop": async ({ session, force }) => {
      await sessions.get(session).stop({ force });
      return {};
    },
    "session.restart": ({ session, python }) => sessions.get(session).restart({ python }),
    "session.close": async ({ session, force }) => {
      await hub.closeSession(session, { force });
      return {};
    },
    "session.subscribe": ({ session, waits }, client) => {
      hub.feed(session).subscribe(client, { waits });
      return snapshotOf(sessions.get(session));
    },
    "session.input": ({ session, text, end }) => {
      sessions.get(session).input(text, { end });
      return {};
    },
    "session.limits": ({ session, limits }) => sessions.get(session).setLimits(definedOnly(limits)),
    "session.record": async ({ session, path }) => {
      const absolute = resolve(path);
      await hub.record(sessions.get(session), absolute);
      return { path: absolute };
    },

    "probe.add": ({ session, at, mode }) => sessions.get(session).addProbe(at, mode),
    "probe.remove": ({ session, probe }) => {
      sessions.get(session).removeProbe(probe);
      return {};
    },
    "probe.restore": ({ session, probe }) => sessions.get(session).restoreProbe(probe),
    "probe.update": ({ session, probe, mode }) => sessions.get(session).updateProbe(probe, mode),

    "condition.check": async ({ session: id, expression }) => {
      const session = sessions.get(id);
      await session.prepared;
      if (session.interpreter !== null) return hub.parts.conditions.check(session.interpreter, expression);
      throw new CallError("no_interpreter", "Cannot check the condition: there is no Python to parse it with");
    },

    "source.list": ({ session }) => sources.list(sessions.get(session)),
    "source.open": async ({ session: id, file }, client) => {
      const session = sessions.get(id);
      const opened = await sources.open(session, file);
      const interest = `source ${id} ${file}`;
      // The client or the session may have gone while the file was read.
      if (client.isClosed || client.has(interest) || sessions.find(id) !== session) return opened;
      const tell = (source: OpenedSource) =>
        client.tell({ method: "source.changed", params: { session: id, file, ...source } });
      client.keep({ session: id, what: interest }, sources.watch(session, file, tell));
      return opened;
    },

    "capture.list": ({ session: id, probe, pid, after, limit }) => {
      const { captures } = hub.feed(id);
      return listCaptures(captures.range(probeOf(sessions.get(id), probe), { pid, after, limit }));
    },
    "capture.follow": ({ session: id }, client) => {
      const { log } = sessions.get(id);
      const feed = hub.feed(id);
      client.follow(
        id,
        () =>
          new Follower({
            session: id,
            log,
            holdsBack: client.mayHoldBack,
            send: (event) => client.sendNow(event),
            isCongested: () => client.isCongested,
            onUnreadable: (reason) => feed.notify("error", reason),
            onMissed: () =>
              feed.notify(
                "warning",
                "Captures were dropped before they could be sent: a client that follows is too slow",
              ),
          }),
      );
      return {};
    },

    "view.open": ({ session: id, probe, request }, client) => {
      const feed = hub.feed(id);
      const view = new View(
        {
          id: hub.nextViewId(),
          session: id,
          probe: probeOf(sessions.get(id), probe),
          captures: feed.captures,
          projector: hub.parts.projector,
          send: (packet) => client.sendPacket(packet),
          isCongested: () => client.isCongested,
        },
        request,
      );
      client.addView(view);
      feed.addView(view);
      client.keep({ session: id, what: `view ${view.id}` }, () => feed.removeView(view));
      // The reply, with the view's number, goes out before its first packet.
      setImmediate(() => view.pump());
      return { view: view.id };
    },
    "view.update": ({ view, request }, client) => {
      client.view(view).update(request);
      return {};
    },
    "view.ack": ({ view, drawn }, client) => {
      client.view(view).acknowledge(drawn);
      return {};
    },
    "view.ack_all": ({ views }, client) => {
      for (const { view, drawn } of views) client.views.get(view)?.acknowledge(drawn);
      return {};
    },
    "view.close": ({ view }, client) => {
      client.closeView(view);
      return {};
    },

    "recording.open": ({ path }) => hub.openRecording(resolve(path)).info,
  };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOnly<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function snapshotOf(session: Session): SessionSnapshot {
  return {
    info: session.info,
    probes: [...session.probes],
    counters: session.counters(),
    limits: session.limits,
    output: [...session.output.entries],
    outputDropped: session.output.dropped,
    exceptions: [...session.exceptions],
    log: session.log.usage,
  };
}
