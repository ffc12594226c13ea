// calendar: when which streamer holds an auction, as a month or a list; and
// what streamers do with their entries' looks.

import {
  html,
  render,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, me } from "./api.js";
import { Decorate } from "./decorate.js";
import { Header } from "./shell.js";
import { locale, t } from "./text.js";

const asked = location.search.match(/[?&]streamer=(\d+)/)?.[1] ?? null;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An entry as FullCalendar wants it. */
const event = (entry) => ({
  id: String(entry.auction_id),
  title: [entry.glyph, entry.title, entry.label && `[${entry.label}]`]
    .filter(Boolean)
    .join(" "),
  start: entry.starts_at,
  end: entry.ended_at || entry.ends_at || undefined,
  url: `/auctions/${entry.auction_id}`,
  borderColor: entry.color || undefined,
  classNames: [entry.status, entry.conflicts?.length ? "overlaps" : ""],
  extendedProps: entry,
});

const describe = ({ el, event: shown }) => {
  const { color, status, streamer, conflicts } = shown.extendedProps;
  const said = [streamer?.display_name, t(status)];

  if (color) {
    el.style.boxShadow = `inset 0.25rem 0 0 ${color}`;
  }

  if (conflicts?.length) {
    said.push(t("overlaps", conflicts.map((other) => other.title).join(", ")));
  }

  el.title = said.filter(Boolean).join(" · ");
};

function Month({ streamer, version, failed }) {
  const place = useRef(null);
  const calendar = useRef(null);
  const whose = useRef(streamer);

  whose.current = streamer;

  useEffect(() => {
    calendar.current = new window.FullCalendar.Calendar(place.current, {
      locale,
      initialView: innerWidth < 700 ? "listMonth" : "dayGridMonth",
      headerToolbar: {
        start: "prev,today,next",
        center: "title",
        end: "dayGridMonth,listMonth",
      },
      buttonIcons: false,
      buttonText: { prev: "‹", next: "›" },
      height: "auto",
      navLinks: true,
      navLinkDayClick: "listDay",
      dayMaxEvents: 4,
      moreLinkClick: "listDay",
      noEventsContent: t("none"),
      eventDidMount: describe,
      events: async ({ start, end }) => {
        const who = whose.current ? `&streamer=${whose.current}` : "";
        const page = await get(
          `/calendar?from=${start.toISOString()}&to=${end.toISOString()}${who}`,
        );

        failed("");

        return page.results.map(event);
      },
      eventSourceFailure: (problem) => failed(problem.message),
    });
    calendar.current.render();

    return () => calendar.current.destroy();
  }, []);

  useEffect(() => calendar.current.refetchEvents(), [streamer, version]);

  return html`<div id="calendar" ref=${place}></div>`;
}

function Page() {
  const [user, setUser] = useState(null);
  const [streamer, setStreamer] = useState(asked);
  const [name, setName] = useState("");
  const [version, setVersion] = useState(0);
  const [error, setError] = useState("");
  const mine = user && streamer === String(user.id);
  const feed = `/api/v1/calendar.ics${streamer ? `?streamer=${streamer}` : ""}`;

  useEffect(() => me().then(setUser, () => setUser(null)), []);
  useEffect(() => setVersion((v) => v + 1), [user]);
  useEffect(() => {
    setName("");

    if (streamer) {
      get(`/users/${streamer}`).then(
        (person) => setName(person.display_name),
        (problem) => setError(problem.message),
      );
    }
  }, [streamer]);

  return html`
    <${Header} user=${user} changed=${setUser} />
    <main>
      <div class="heading">
        <h1>${t("calendar")}</h1>
        ${name && html`<span class="mode">${name}</span>`}
        ${user &&
        html`<button
          id="mine"
          class="plain"
          aria-pressed=${mine ? "true" : "false"}
          onClick=${() => setStreamer(mine ? null : String(user.id))}
        >
          ${t("mine")}
        </button>`}
        <a class="link" id="feed" href=${feed}>${t("follow")}</a>
      </div>
      ${error && html`<p class="error" role="alert">${error}</p>`}
      <section class="card">
        <${Month} streamer=${streamer} version=${version} failed=${setError} />
        <p class="when">${t("times_in", zone)}</p>
      </section>
      ${user &&
      html`<${Decorate}
        user=${user}
        changed=${() => setVersion((v) => v + 1)}
      />`}
    </main>
  `;
}

render(html`<${Page} />`, document.getElementById("app"));
