// What the app keeps on the phone: drafts of sessions, reports that wait to be sent, and a few
// facts such as how wrong the phone's clock is. One IndexedDB database.

/** @typedef {"drafts" | "outbox" | "facts"} Shelf */

const NAME = "rehab";
const SHELVES = ["drafts", "outbox", "facts"];
const CACHES = "rehab-";

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function opened() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const shelf of SHELVES) request.result.createObjectStore(shelf);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = request.result.onclose = close;
      resolve(request.result);
    };
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

function close() {
  opening?.then((database) => database.close());
  opening = undefined;
}

/**
 * Do `work` on a shelf in one transaction; what it returns is the request whose result is wanted.
 * A connection that the browser has dropped meanwhile is opened once more.
 * @template T
 * @param {Shelf} shelf
 * @param {IDBTransactionMode} mode
 * @param {(objects: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function on(shelf, mode, work, again = true) {
  const database = await opened();
  /** @type {IDBTransaction} */
  let transaction;
  try {
    transaction = database.transaction(shelf, mode, { durability: "strict" });
  } catch (error) {
    if (!again) throw error;
    close();
    return on(shelf, mode, work, false);
  }
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore(shelf));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
  });
}

/**
 * @param {Shelf} shelf
 * @param {string} key
 * @returns {Promise<any>} undefined where there is none
 */
export function get(shelf, key) {
  return on(shelf, "readonly", (objects) => objects.get(key));
}

/** @param {Shelf} shelf @returns {Promise<any[]>} */
export function all(shelf) {
  return on(shelf, "readonly", (objects) => objects.getAll());
}

/** @param {Shelf} shelf @param {string} key @param {any} value */
export function put(shelf, key, value) {
  return on(shelf, "readwrite", (objects) => objects.put(value, key));
}

/** @param {Shelf} shelf @param {string} key */
export function remove(shelf, key) {
  return on(shelf, "readwrite", (objects) => objects.delete(key));
}

/**
 * Replace what is kept by what `change` makes of it, with no other tab in between.
 * @param {Shelf} shelf
 * @param {string} key
 * @param {(kept: any) => any} change undefined in, where nothing is kept; undefined out: let it be
 * @returns {Promise<any>} what is kept now
 */
export async function change(shelf, key, change) {
  let kept;
  await on(shelf, "readwrite", (objects) => {
    const reading = objects.get(key);
    reading.onsuccess = () => {
      const made = change(reading.result);
      kept = made ?? reading.result;
      if (made !== undefined) objects.put(made, key);
    };
    return reading;
  });
  return kept;
}

/** Remove what `isDone` says is done with, by the keys and values of a shelf. */
export async function prune(shelf, isDone) {
  await on(shelf, "readwrite", (objects) => {
    const reading = objects.openCursor();
    reading.onsuccess = () => {
      const cursor = reading.result;
      if (!cursor) return;
      if (isDone(cursor.key, cursor.value)) cursor.delete();
      cursor.continue();
    };
    return reading;
  });
}

/** Leave nothing of anybody on this phone: drafts, reports, facts and pages. */
export async function forget() {
  const names = "caches" in self ? await caches.keys() : [];
  const ours = names.filter((name) => name.startsWith(CACHES));
  await Promise.all([
    ...SHELVES.map((shelf) => on(shelf, "readwrite", (objects) => objects.clear())),
    ...ours.map((name) => caches.delete(name)),
  ]);
}
