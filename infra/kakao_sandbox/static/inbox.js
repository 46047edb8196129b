"use strict";
// Asks the sandbox every second and a half what is new. All text is set as text, never as markup.

const PAUSE = 1500;
const ZONE = "Asia/Seoul";
const clockFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, hour: "numeric", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, dateStyle: "full" });
const shortDayFormat = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, month: "long", day: "numeric" });
const isNarrow = () => matchMedia("(max-width: 720px)").matches;
const at = (id) => document.getElementById(id);

const state = { newestId: -1, chats: [], chosen: null, shown: new Set(), seen: new Map() };

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function paintAvatar(element, chat) {
  let tone = 0;
  for (const character of chat.chat_key) tone = (tone * 31 + character.codePointAt(0)) % 8;
  element.className = `avatar tone-${tone}`;
  element.textContent = Array.from(chat.title.trim())[0] || "?";
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
  row.append(
    paintAvatar(make("span"), chat),
    make("span", "chat-name", chat.title),
    make("time", "chat-time", whenText(chat.received_at)),
    make("span", "chat-text", chat.text.replaceAll("\n", " ")),
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

function messageRow(message, isNew) {
  const row = make("div", isNew ? "message is-new" : "message");
  const bubble = make("div", "bubble");
  bubble.append(make("p", "", message.text));
  if (message.link) {
    const opens = make("span", "opens", "자세히 보기");
    opens.title = message.link;
    bubble.append(opens);
  }
  const time = make("time", "", clockFormat.format(new Date(message.received_at)));
  time.dateTime = message.received_at;
  row.append(bubble, time);
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
  paintAvatar(at("room-avatar"), chat);
  at("room-title").textContent = chat.title;
  const about = chat.customer_id ? `고객번호 ${chat.customer_id} · ` : "";
  at("room-detail").textContent = `${about}메시지 ${chat.message_count.toLocaleString("ko-KR")}건`;
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
  const search = encodeURIComponent(at("search").value);
  const answer = await fetch(`/inbox/chats?after=${state.newestId}&search=${search}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  if (answer.status === 204) return;
  const { newest_id, total, chats } = await answer.json();
  // What stood here when the page was opened counts as read.
  if (state.newestId === -1 && !state.seen.size) for (const chat of chats) state.seen.set(chat.chat_key, chat.message_count);
  state.newestId = newest_id;
  state.chats = chats;
  at("total").textContent = total.toLocaleString("ko-KR");
  drawChats();
  if (state.chosen === null && !isNarrow() || state.chosen === null && location.hash) {
    const key = firstChoice();
    if (key !== null) await choose(key);
  } else {
    await fetchRoom();
  }
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

at("search").addEventListener("input", () => {
  state.newestId = -1;
  fetchChats().catch(() => showLive(false));
});
at("back").addEventListener("click", leaveRoom);
tick();
