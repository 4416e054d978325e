/* Presses the page's button by itself; where scripts don't run, a person does. */
const button = document.querySelector('button[data-auto-submit]');
if (button instanceof HTMLButtonElement) button.form?.requestSubmit(button);
