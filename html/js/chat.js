// chat: what people write beside an auction.

import {
  html,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, patch, remove, requestId } from "./api.js";
import { t } from "./text.js";

const KEPT = 300;

/* Seconds between two lines of a person. */
const PAUSES = [0, 5, 10, 30, 60, 300];

/** The lines after a frame of the chat's channel. */
export function withFrame(lines, frame) {
  if (frame.type === "snapshot") {
    return frame.state.comments;
  }

  const line = frame.event;

  if (line.type === "chat.deleted") {
    return lines.map((old) =>
      old.id === line.id ? { id: old.id, seq: old.seq, deleted: true } : old,
    );
  }

  return [...lines, line].slice(-KEPT);
}

/** command(frame) sends; older(lines) puts some before the others. */
export function Chat(props) {
  const { id, lines, slow, user, moderator, command, older, tell } = props;
  const [text, setText] = useState("");
  const [more, setMore] = useState(true);
  const list = useRef(null);
  const last = lines.at(-1)?.seq;

  useEffect(() => {
    list.current.scrollTop = list.current.scrollHeight;
  }, [last]);

  const attempt = async (action) => {
    try {
      await action();
    } catch (problem) {
      tell({ bad: true, text: problem.message, code: problem.code });
    }
  };

  const send = (submit) => {
    submit.preventDefault();

    attempt(async () => {
      await command({
        type: "comment",
        auction_id: id,
        comment: text.trim(),
        request_id: requestId(),
      });
      setText("");
    });
  };

  const history = () =>
    attempt(async () => {
      const before = lines[0]?.seq || "";
      const page = await get(
        `/auctions/${id}/comments?page_size=50&cursor=${before}`,
      );

      setMore(Boolean(page.next_cursor));
      older(page.results);
    });

  return html`
    <section class="card chat">
      <div class="row">
        <h2>${t("chat")}</h2>
        ${slow > 0 &&
        html`<small id="slow" role="status">${t("chat_slow", slow)}</small>`}
        ${moderator &&
        html`<select
          name="slow_mode"
          aria-label=${t("slow_mode")}
          value=${String(slow)}
          onChange=${(change) =>
            attempt(() =>
              patch(`/auctions/${id}/chat`, {
                slow_mode: Number(change.target.value),
              }),
            )}
        >
          ${[...new Set([...PAUSES, slow])].map(
            (pause) =>
              html`<option value=${String(pause)} selected=${pause === slow}>
                ${pause ? t("chat_slow", pause) : t("chat_fast")}
              </option>`,
          )}
        </select>`}
      </div>
      ${more &&
      lines[0]?.seq > 1 &&
      html`<button class="older" onClick=${history}>${t("older")}</button>`}
      ${!lines.length && html`<p class="empty">${t("chat_empty")}</p>`}
      <ol ref=${list} aria-live="polite">
        ${lines.map(
          (line) =>
            html`<li key=${line.seq} class=${line.deleted ? "gone" : ""}>
              ${line.deleted
                ? t("line_deleted")
                : html`<b>${line.user.display_name}</b> ${line.comment}
                    ${user &&
                    (moderator || line.user_id === user.id) &&
                    html`<button
                      class="delete"
                      title=${t("delete")}
                      aria-label=${t("delete")}
                      onClick=${() =>
                        attempt(() => remove(`/comments/${line.id}`))}
                    >
                      ×
                    </button>`}`}
            </li>`,
        )}
      </ol>
      ${user
        ? html`<form onSubmit=${send}>
            <input
              value=${text}
              maxlength="500"
              required
              aria-label=${t("write_line")}
              placeholder=${t("write_line")}
              onInput=${(input) => setText(input.target.value)}
            />
            <button>${t("send")}</button>
          </form>`
        : html`<p class="hint">${t("chat_login")}</p>`}
    </section>
  `;
}
