/** Everything the page and the engine have said, newest first. */
import { usePageState } from "./page-context.ts";

const shapes = { info: "·", warning: "▲", error: "✕" } as const;

export function MessagesPanel() {
  const messages = usePageState((state) => state.messages);
  if (messages.length === 0) return <p className="drawer-empty">No messages.</p>;
  return (
    <ol className="messages" data-testid="messages">
      {[...messages].reverse().map((message) => (
        <li key={message.id} className={`is-${message.level}`}>
          <time>{new Date(message.atMs).toLocaleTimeString("en-GB")}</time>
          <span role="img" aria-label={message.level}>
            {shapes[message.level]}
          </span>
          <span>
            {message.text}
            {message.count > 1 && <small> × {message.count}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
