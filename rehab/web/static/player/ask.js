// A question in front of the page, with one large button an answer.

/**
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<string>} the value of the button; "" for who closed it
 */
export function ask(dialog) {
  dialog.returnValue = "";
  dialog.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button) dialog.close(button.value);
  };
  dialog.showModal();
  dialog.querySelector("h2").focus();
  return new Promise((answer) => {
    dialog.onclose = () => answer(dialog.returnValue);
  });
}

/** Put numbers into the blanks of a text from the page: "{n} of {of}". */
export function filled(text, blanks) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => blanks[name] ?? whole);
}
