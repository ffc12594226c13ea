// exchange: files that come in and go out, templates and copies.

import { html, useRef, useState } from "/vendor/htm/preact/standalone.module.js";
import { post, postFile, requestId } from "./api.js";
import { ask } from "./dialog.js";
import { problemName, t, wordOf } from "./text.js";

export function Exchange({ id, state, world, about }) {
  return html`
    <div class="exchange">
      ${["draft", "scheduled", "lobby", "live", "paused"].includes(
        state.status,
      ) && html`<${Import} id=${id} world=${world} />`}
      <${Exports} id=${id} />
      <${Overlay} id=${id} world=${world} about=${about} />
      <${Copies} id=${id} world=${world} about=${about} />
    </div>
  `;
}

/** A link for OBS; its secret is told once, so it is there to be copied. */
function Overlay({ id, world, about }) {
  const [link, setLink] = useState("");
  const field = useRef(null);

  const make = () =>
    world.attempt(async () => {
      const { path } = await post("/overlay-tokens", {
        name: (about?.title || "").slice(0, 80),
        auction_id: id,
      });

      setLink(new URL(path, location.href).href);
    });

  const copy = () => {
    field.current.select();
    navigator.clipboard?.writeText(link).catch(() => {});
    world.tell({ text: t("copied") });
  };

  return html`
    <div>
      <h3>${t("overlay")}</h3>
      <p class="hint">${t("overlay_hint")}</p>
      ${link
        ? html`<div class="row">
            <input
              id="overlay-link"
              ref=${field}
              readonly
              aria-label=${t("overlay")}
              value=${link}
              onFocus=${(event) => event.target.select()}
            />
            <button id="overlay-copy" onClick=${copy}>${t("copy")}</button>
          </div>`
        : html`<button id="overlay-make" class="plain" onClick=${make}>
            ${t("overlay_make")}
          </button>`}
    </div>
  `;
}

function Import({ id, world }) {
  const [file, setFile] = useState(null);
  const [report, setReport] = useState(null);
  const [busy, setBusy] = useState(false);

  const choose = (event) => {
    setFile(event.target.files[0] || null);
    setReport(null);
  };

  const send = async (dry) => {
    setBusy(true);
    await world.attempt(async () => {
      const type = file.name.endsWith(".json")
        ? "application/json"
        : "text/csv";
      const name = encodeURIComponent(file.name.slice(0, 255));

      setReport(
        await postFile(
          `/auctions/${id}/lots/import?dry_run=${dry}&file_name=${name}`,
          file,
          type,
        ),
      );
      world.tell(null);
    });
    setBusy(false);
  };

  const tried = report?.dry_run;

  return html`
    <div class="import">
      <h3>${t("import")}</h3>
      <p class="hint">${t("import_hint")}</p>
      <input
        type="file"
        id="import-file"
        accept=".csv,.tsv,.txt,.json,text/csv,application/json"
        aria-label=${t("import")}
        onChange=${choose}
      />
      <div class="row">
        <button
          id="import-try"
          class=${tried ? "plain" : "first"}
          disabled=${!file || busy}
          onClick=${() => send(true)}
        >
          ${t("import_try")}
        </button>
        <button
          id="import-do"
          class=${tried ? "first" : "plain"}
          disabled=${!tried || busy}
          onClick=${() => send(false)}
        >
          ${t("import_do")}
        </button>
      </div>
      ${report && html`<${Report} report=${report} />`}
    </div>
  `;
}

const counted = ["added", "changed", "unchanged", "skipped", "errors"];

function Report({ report }) {
  return html`
    <div id="report" class=${report.dry_run ? "dry" : "done"} aria-live="polite">
      <p class=${report.dry_run ? "hint" : "good"}>
        ${t(report.dry_run ? "import_would" : "import_done")}
        ${counted
          .filter((name) => report[name])
          .map((name) => ` ${t(`line_${name}`)} ${report[name]}`)
          .join(" ·")}
        ${report.encoding && html` <small>(${report.encoding})</small>`}
      </p>
      <div class="scroll">
        <table>
          <tbody>
            ${report.results.map(
              (row) =>
                html`<tr key=${row.line} class=${row.status}>
                  <th scope="row">${row.line}</th>
                  <td>${t(`line_${row.status}`)}</td>
                  <td class="text">
                    ${row.title || ""}
                    ${row.field && html`<b>${wordOf(row.field)}</b>`}
                    ${row.message || (row.code && problemName(row.code))}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>
  `;
}

const files = ["lots", "results", "rosters", "bids", "log"];

function Exports({ id }) {
  const ko = document.documentElement.lang === "ko" ? "&header=ko" : "";
  const path = (what, format) =>
    `/api/v1/auctions/${id}/export?what=${what}&format=${format}${
      format === "csv" ? `&bom=true${ko}` : ""
    }`;

  return html`
    <div>
      <h3>${t("export")}</h3>
      <ul class="exports">
        ${files.map(
          (what) =>
            html`<li key=${what}>
              ${t(`export_${what}`)}
              <a href=${path(what, "csv")} download>CSV</a>
              <a href=${path(what, "json")} download>JSON</a>
            </li>`,
        )}
      </ul>
    </div>
  `;
}

const teamsField = (value) => ({
  name: "with_teams",
  label: t("with_teams"),
  value,
  options: ["none", "empty", "leaders"].map((key) => [key, t(`teams_${key}`)]),
});

const lotsField = {
  name: "with_lots",
  label: t("with_lots"),
  options: [
    ["true", t("yes")],
    ["false", t("no")],
  ],
};

function Copies({ id, world, about }) {
  const copy = async (path, name, done) => {
    const answer = await ask(t(name), {
      yes: t(name),
      fields: [
        {
          name: "text",
          label: t("title"),
          value: about?.title || "",
          required: true,
          maxlength: 100,
        },
        lotsField,
        teamsField("leaders"),
      ],
    });

    if (answer) {
      await world.attempt(async () => {
        done(
          await post(
            `/auctions/${id}/${path}`,
            {
              [path === "clone" ? "title" : "name"]: answer.text,
              with_lots: answer.with_lots === "true",
              with_teams: answer.with_teams,
            },
            { "Idempotency-Key": requestId() },
          ),
        );
      });
    }
  };

  return html`
    <div class="row">
      <button
        class="plain"
        data-action="template"
        onClick=${() =>
          copy("template", "save_template", (made) =>
            world.tell({ text: t("template_saved", made.name) }),
          )}
      >
        ${t("save_template")}
      </button>
      <button
        class="plain"
        data-action="clone"
        onClick=${() =>
          copy("clone", "clone", (made) => {
            location.href = `/auctions/${made.id}`;
          })}
      >
        ${t("clone")}
      </button>
    </div>
  `;
}
