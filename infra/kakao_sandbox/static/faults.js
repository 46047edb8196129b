"use strict";
// The page on which faults are ordered. All text is set as text, never as markup.

import { at, make } from "./elements.js";

const PAUSE = 1500;
const order = at("order");
const instantFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: "Asia/Seoul", dateStyle: "medium", timeStyle: "medium" });
const QUOTAS = { app: "앱", sender: "보내는 사람", receiver: "받는 사람", pair: "둘 사이" };
let clock = { now: new Date().toISOString(), shift_seconds: 0 };

const chosen = (name) => order.querySelector(`input[name="${name}"]:checked`);
const nameOf = (field, value) => {
  const input = Array.from(order.querySelectorAll(`input[name="${field}"]`)).find((one) => one.value === value);
  return input ? input.nextElementSibling.firstChild.textContent.trim() : value;
};

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const answer = await fetch(path, options);
  const content = await answer.json();
  if (answer.ok) return content;
  const detail = content.detail ?? answer.status;
  throw new Error(Array.isArray(detail) ? detail.map((one) => one.msg).join(" ") : String(detail));
}

// Only what makes sense for the chosen service, kind and mode can be filled in.
function showFields() {
  const kinds = chosen("target").dataset.kinds.split(" ");
  for (const input of order.querySelectorAll('input[name="kind"]')) input.closest("label").hidden = !kinds.includes(input.value);
  if (!kinds.includes(chosen("kind").value)) order.querySelector('input[name="kind"][value="down"]').checked = true;
  for (const group of order.querySelectorAll(".group")) group.hidden = !group.querySelector("label:not([hidden])");
  const mode = chosen("mode").value;
  for (const label of order.querySelectorAll("[data-mode]")) label.hidden = label.dataset.mode !== mode;
  const fields = chosen("kind").dataset.fields.split(" ");
  for (const label of order.querySelectorAll("[data-field]")) label.hidden = !fields.includes(label.dataset.field);
  at("kinds").hidden = mode === "script";
}

function fieldValue(input) {
  if (input.name === "code") return /^-?\d+$/.test(input.value) ? Number(input.value) : input.value;
  return input.type === "number" ? Number(input.value) : input.value;
}

function plan() {
  const mode = chosen("mode").value;
  const target = chosen("target").value;
  if (mode === "script") return { target, script: JSON.parse(order.elements.script.value) };
  const fault = { target, kind: chosen("kind").value };
  const shown = order.querySelectorAll(`[data-mode="${mode}"] input, [data-field]:not([hidden]) input, [data-field]:not([hidden]) select`);
  for (const input of shown) if (input.value !== "") fault[input.name] = fieldValue(input);
  return fault;
}

function fate() {
  const { result, text_code, messages, address } = at("fate").elements;
  const [dealer, code] = result.value.split(" ");
  const wanted = { dealer, code };
  if (text_code.value) wanted.text_code = text_code.value;
  if (messages.value) wanted.messages = Number(messages.value);
  if (address.value) wanted.address = address.value;
  return wanted;
}

function sends(path, content, refusal) {
  return async (event) => {
    event.preventDefault();
    refusal.hidden = true;
    try {
      await call("POST", path, content());
      await refresh();
    } catch (error) {
      refusal.textContent = error.message;
      refusal.hidden = false;
    }
  };
}

function howOften(fault) {
  if (fault.script) return `순서대로 ${fault.calls_seen + 1}/${fault.script.length}`;
  const left = fault.calls_left === null ? "" : ` · ${fault.calls_left.toLocaleString("ko-KR")}번 남음`;
  return fault.rate === null ? left.slice(3) : `확률 ${fault.rate} · 지금까지 ${fault.calls_seen}번${left}`;
}

function details(fault) {
  if (fault.script) return "";
  const told = { code: "코드", status: "상태", seconds: "초", failing: "수신자", subject: "할당량", receiver: "받는 이" };
  return Object.entries(told).filter(([name]) => fault[name] != null).map(([name, word]) => `${word} ${fault[name]}`).join(" · ");
}

const stepName = (step) => step?.kind ? nameOf("kind", step.kind) : "정상";

function whatHappens(fault) {
  if (!fault.script) return stepName(fault);
  const coming = fault.script.slice(fault.calls_seen);
  return coming.slice(0, 4).map(stepName).join(" → ") + (coming.length > 4 ? " …" : "");
}

function plannedRow(fault) {
  const row = make("li");
  const text = make("div");
  text.append(
    make("strong", "", `${nameOf("target", fault.target)} — ${whatHappens(fault)}`),
    make("small", "", [howOften(fault), details(fault)].filter(Boolean).join(" · ")),
  );
  const off = make("button", "plain", "끄기");
  off.type = "button";
  off.title = "Clear";
  off.addEventListener("click", () => call("DELETE", `/admin/faults/${fault.fault_id}`).finally(refresh));
  row.append(text, off);
  return row;
}

function fateRow(order) {
  const dealer = (order.dealer ?? "").toUpperCase();
  const option = Array.from(at("fate").elements.result.options).find((one) => one.value === `${order.dealer} ${order.code}`);
  const left = order.messages_left == null ? "계속" : `${order.messages_left.toLocaleString("ko-KR")}건 남음`;
  const text = order.text_code ? `문자 ${order.text_code}` : "";
  const row = make("li");
  const cell = make("div");
  cell.append(
    make("strong", "", `${dealer} — ${option ? option.textContent.split(" · ")[1] : order.code}`),
    make("small", "", [order.code, text, order.address, left].filter(Boolean).join(" · ")),
  );
  row.append(cell);
  return row;
}

function quotaRow(quota) {
  const row = make("li");
  const text = make("div");
  text.append(make("strong", "", QUOTAS[quota.kind] ?? quota.kind), make("small", "whom", quota.whom));
  const bar = make("meter");
  Object.assign(bar, { min: 0, max: quota.most, value: quota.used, high: quota.most * 0.9 });
  row.append(text, bar, make("span", "figure", `${quota.used.toLocaleString("ko-KR")} / ${quota.most.toLocaleString("ko-KR")}`));
  return row;
}

function drawClock() {
  at("now").textContent = instantFormat.format(new Date(clock.now));
  const hours = Math.round(clock.shift_seconds / 360) / 10;
  at("shift").textContent = clock.shift_seconds ? `${hours > 0 ? "+" : ""}${hours}시간` : "";
  at("shift-0").hidden = !clock.shift_seconds;
}

async function refresh() {
  const [faults, fates, quotas, present, switches] = await Promise.all(
    ["faults", "deliveries", "quotas", "clock", "switches"].map((name) => call("GET", `/admin/${name}`)),
  );
  clock = present;
  at("planned").replaceChildren(...faults.map(plannedRow));
  at("none-planned").hidden = faults.length > 0;
  at("clear").hidden = !faults.length;
  at("fates").replaceChildren(...fates.map(fateRow));
  at("clear-fates").hidden = !fates.length;
  at("quotas").replaceChildren(...quotas.slice(0, 6).map(quotaRow));
  at("no-quotas").hidden = quotas.length > 0;
  at("reset").hidden = !quotas.length;
  if (document.activeElement !== at("all-failed")) at("all-failed").value = switches.all_failed_answer;
  drawClock();
}

// Korea is nine hours ahead, all year.
function secondsUntilMidnight() {
  const korean = Math.floor(new Date(clock.now).getTime() / 1000) + 9 * 3600;
  return 86400 - (korean % 86400);
}

async function shift(seconds) {
  await call("POST", "/admin/clock", { shift_seconds: seconds });
  await refresh();
}

for (const button of document.querySelectorAll(".shift")) {
  button.addEventListener("click", () => {
    const further = button.dataset.until ? secondsUntilMidnight() : Number(button.dataset.seconds);
    shift(clock.shift_seconds + further);
  });
}
at("shift-0").addEventListener("click", () => shift(0));
at("clear").addEventListener("click", () => call("DELETE", "/admin/faults").finally(refresh));
at("reset").addEventListener("click", () => call("DELETE", "/admin/quotas").finally(refresh));
at("all-failed").addEventListener("change", (event) => call("POST", "/admin/switches", { all_failed_answer: event.target.value }));
order.addEventListener("change", showFields);
order.addEventListener("submit", sends("/admin/faults", plan, at("refusal")));
at("fate").addEventListener("submit", sends("/admin/deliveries", fate, at("fate-refusal")));
at("clear-fates").addEventListener("click", () => call("DELETE", "/admin/deliveries").finally(refresh));
showFields();

async function tick() {
  await refresh().catch(() => {});
  setTimeout(tick, PAUSE);
}
tick();
