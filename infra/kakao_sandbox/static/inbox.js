"use strict";
// Asks the sandbox every second and a half what is new. All text is set as text, never as markup.

import { asShown, at, badge, CHANNELS, make, stateMark } from "./elements.js";

const PAUSE = 1500;
const ZONE = "Asia/Seoul";
const clockFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, hour: "numeric", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, dateStyle: "full" });
const shortDayFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, month: "long", day: "numeric" });
const isNarrow = () => matchMedia("(max-width: 720px)").matches;
const inKorean = (number) => number.toLocaleString("ko-KR");

const state = { newestId: -1, changes: 0, chats: [], channel: "", chosen: null, shown: new Set(), seen: new Map() };

function paintAvatar(element, chat) {
  let hash = 2166136261;
  for (const character of chat.chat_key) hash = Math.imul(hash ^ character.codePointAt(0), 16777619) >>> 0;
  element.className = `avatar tone-${(hash >>> 13) % 8}`;
  // Of a telephone number the end says more than the beginning.
  const title = chat.title.trim();
  element.textContent = /^[\d-]+$/.test(title) ? title.slice(-2) : Array.from(title)[0]?.toUpperCase() || "?";
  return element;
}

function whenText(instant) {
  const then = new Date(instant);
  const isToday = dayFormat.format(then) === dayFormat.format(new Date());
  return isToday ? clockFormat.format(then) : shortDayFormat.format(then);
}

function unreadOf(chat) {
  return Math.max(0, chat.message_count - (state.seen.get(chat.chat_key) ?? 0));
}

function chatRow(chat) {
  const row = make("button", "chat");
  row.type = "button";
  row.setAttribute("aria-current", String(chat.chat_key === state.chosen));
  const unread = unreadOf(chat);
  const name = make("span", "chat-name");
  name.append(make("span", "", chat.title), badge(chat.channel));
  if (chat.state === "failed") name.append(stateMark(chat.state));
  row.append(
    paintAvatar(make("span"), chat),
    name,
    make("time", "chat-time", whenText(chat.received_at)),
    make("span", "chat-text", (chat.subject ?? asShown(chat.channel, chat.text)).replaceAll("\n", " ")),
  );
  if (unread) row.append(make("span", "unread", unread > 99 ? "99+" : unread));
  row.addEventListener("click", () => choose(chat.chat_key));
  const item = make("li");
  item.append(row);
  return item;
}

function drawChats() {
  at("chats").replaceChildren(...state.chats.map(chatRow));
  at("no-chats").hidden = state.chats.length > 0;
}

function filterButton(channel, name, title, count) {
  const button = make("button", "filter", name);
  button.type = "button";
  button.dataset.channel = channel;
  button.title = title;
  button.setAttribute("aria-pressed", String(channel === state.channel));
  button.append(make("small", "", inKorean(count)));
  button.addEventListener("click", () => {
    state.channel = channel;
    askAgain();
  });
  return button;
}

function drawFilters(counts, total) {
  const known = [...Object.keys(CHANNELS), ...Object.keys(counts).filter((channel) => !(channel in CHANNELS))];
  const used = known.filter((channel) => counts[channel]);
  const buttons = used.map((channel) => filterButton(channel, ...(CHANNELS[channel] ?? [channel, channel]), counts[channel]));
  const focused = document.activeElement?.dataset?.channel;
  at("filters").replaceChildren(filterButton("", "전체", "All channels", total), ...buttons);
  at("filters").hidden = used.length < 2;
  if (focused !== undefined) at("filters").querySelector(`[data-channel="${focused}"]`)?.focus();
}

function messageRow(message, isNew) {
  const row = make("div", isNew ? "message is-new" : "message");
  row.dataset.channel = message.channel;
  const bubble = make("div", "bubble");
  if (message.channel === "alimtalk") bubble.append(make("span", "arrived", "알림톡 도착"));
  if (message.subject) bubble.append(make("h3", "", message.subject));
  bubble.append(make("p", message.subject ? "" : "headed", asShown(message.channel, message.text)));
  if (message.link) {
    const opens = make("span", "opens", "자세히 보기");
    opens.title = message.link;
    bubble.append(opens);
  }
  if (message.detail) bubble.append(make("small", "detail", message.detail));
  const about = make("div", "about");
  about.append(badge(message.channel));
  if (message.state) about.append(stateMark(message.state));
  const time = make("time", "", clockFormat.format(new Date(message.received_at)));
  time.dateTime = message.received_at;
  about.append(time);
  row.append(bubble, about);
  return row;
}

function drawRoom(chat) {
  const box = at("messages");
  const isOtherRoom = box.dataset.key !== chat.chat_key;
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const rows = [];
  let day = "";
  for (const message of chat.messages) {
    const itsDay = dayFormat.format(new Date(message.received_at));
    if (itsDay !== day) {
      const divider = make("div", "day");
      divider.append(make("span", "", (day = itsDay)));
      rows.push(divider);
    }
    rows.push(messageRow(message, !isOtherRoom && !state.shown.has(message.message_id)));
  }
  state.shown = new Set(chat.messages.map((message) => message.message_id));
  const place = box.scrollTop;
  box.dataset.key = chat.chat_key;
  box.replaceChildren(...rows);
  // Who reads further up is not torn away by a new message.
  box.scrollTop = isOtherRoom || isAtEnd ? box.scrollHeight : place;
  drawHead(chat);
}

function drawHead(chat) {
  at("room").dataset.channel = chat.channel;
  paintAvatar(at("room-avatar"), chat);
  at("room-title").textContent = chat.title;
  const about = [`메시지 ${inKorean(chat.message_count)}건`];
  if (chat.customer_id) about.unshift(`고객번호 ${chat.customer_id}`);
  else if (chat.channel === "email" && chat.title !== chat.chat_key) about.unshift(chat.chat_key);
  at("room-detail").textContent = about.join(" · ");
  at("room-head").hidden = false;
  at("no-room").hidden = true;
}

async function fetchRoom() {
  const key = state.chosen;
  if (key === null) return;
  const answer = await fetch(`/inbox/chat?key=${encodeURIComponent(key)}`);
  const chat = await answer.json();
  if (key !== state.chosen || !chat.messages.length) return;
  state.seen.set(key, chat.message_count);
  drawRoom(chat);
  drawChats();
}

async function choose(key) {
  state.chosen = key;
  document.body.classList.add("has-room");
  history.replaceState(null, "", `#${encodeURIComponent(key)}`);
  await fetchRoom();
}

function leaveRoom() {
  state.chosen = null;
  document.body.classList.remove("has-room");
  history.replaceState(null, "", location.pathname);
  drawChats();
}

function firstChoice() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) return wanted;
  return isNarrow() || !state.chats.length ? null : state.chats[0].chat_key;
}

async function fetchChats() {
  const asked = { after: state.newestId, changes: state.changes, channel: state.channel, search: at("search").value };
  const answer = await fetch(`/inbox/chats?${new URLSearchParams(asked)}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  if (answer.status === 204 || asked.channel !== state.channel) return;
  const { newest_id, changes, total, channels, chats } = await answer.json();
  // What stood here when the page was opened counts as read.
  if (state.newestId === -1 && !state.seen.size) for (const chat of chats) state.seen.set(chat.chat_key, chat.message_count);
  Object.assign(state, { newestId: newest_id, changes, chats });
  at("total").textContent = inKorean(total);
  drawFilters(channels, total);
  drawChats();
  if (state.chosen === null && !isNarrow() || state.chosen === null && location.hash) {
    const key = firstChoice();
    if (key !== null) await choose(key);
  } else {
    await fetchRoom();
  }
}

function askAgain() {
  state.newestId = -1;
  fetchChats().catch(() => showLive(false));
}

function showLive(isOn) {
  at("live").className = isOn ? "live is-on" : "live is-off";
  at("live").textContent = isOn ? "실시간" : "연결 끊김";
}

async function tick() {
  try {
    await fetchChats();
    showLive(true);
  } catch {
    showLive(false);
  }
  setTimeout(tick, PAUSE);
}

at("search").addEventListener("input", askAgain);
at("back").addEventListener("click", leaveRoom);
tick();
