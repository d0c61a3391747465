// What the page says of itself: whose plans it is about, of which day, and by which door it came.

const { dataset } = document.body;

/** The plans for which this visit may report. */
export const plans = (dataset.plans ?? "").split(" ").filter(Boolean);

/** The local date of the patient that the page was made for, and their time zone. */
export const on = dataset.on ?? "";
export const zone = dataset.zone || undefined;

/** The server's time when it made the page, in milliseconds; NaN where it does not say. */
export const madeAt = Date.parse(dataset.now ?? "");

export const language = dataset.lang || document.documentElement.lang || "en";

/** How dates are written: English ones with the day first, as the server writes them. */
export const locale = language === "en" ? "en-GB" : language;

/** The address of the worker; only the pages of who is signed in have one. */
export const worker = dataset.worker;

/** Whether this is a copy that was kept on the phone, not an answer of the server. */
export const isKept = document.documentElement.hasAttribute("data-kept");

/** The first step of every address by the door that this page came by: /me, or a reminder's. */
export const door = `/${location.pathname.split("/")[1]}`;

/** Whether this is the page of the day. */
export const isToday = location.pathname === door;
