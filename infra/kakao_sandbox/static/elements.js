"use strict";
// What the pages share: elements made of text, never of markup, and the names of channels and states.

export const at = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Korean for the badge, English for whoever holds the pointer over it.
export const CHANNELS = {
  friends: ["카카오톡", "KakaoTalk message to a friend"],
  memo: ["나에게", "KakaoTalk memo to the sending account"],
  alimtalk: ["알림톡", "Alimtalk, from a registered template"],
  sms: ["SMS", "Text message in place of an Alimtalk"],
  lms: ["LMS", "Long text message in place of an Alimtalk"],
  email: ["이메일", "E-mail"],
  discord: ["Discord", "Discord webhook"],
};

const STATES = {
  accepted: ["접수", "Accepted, the delivery report is due"],
  sending: ["발송 중", "On its way"],
  delivered: ["도달", "Delivered"],
  failed: ["실패", "Not delivered"],
};

export function badge(channel) {
  const [name, title] = CHANNELS[channel] ?? [channel, channel];
  const element = make("span", "badge", name);
  element.dataset.channel = channel;
  element.title = title;
  return element;
}

export function stateMark(state) {
  const [name, title] = STATES[state] ?? [state, state];
  const element = make("span", "state", name);
  element.dataset.state = state;
  element.title = title;
  return element;
}

// Discord shows a quoted character without its backslash.
export function asShown(channel, text) {
  return channel === "discord" ? text.replace(/\\([!-/:-@[-`{-~])/g, "$1") : text;
}
