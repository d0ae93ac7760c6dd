// What was asked in this browser: kept here and nowhere else.

const NAME = "byline-asked";
const MOST = 50;

export function asked() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) || [];
  } catch {
    return [];
  }
}

export function keep(record) {
  const others = asked().filter((one) => one.question !== record.question);
  const kept = [{ id: record.id, question: record.question.slice(0, 300), at: record.answered_at }, ...others];
  localStorage.setItem(NAME, JSON.stringify(kept.slice(0, MOST)));
}

export function forget() {
  localStorage.removeItem(NAME);
}
