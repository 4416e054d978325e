/* A code that is pasted or filled in whole is sent at once; a typed one waits for the button. */
const field = document.querySelector('input[data-whole][inputmode="numeric"]');

if (field instanceof HTMLInputElement) {
  field.addEventListener('input', (event) => {
    /* Filled in by the browser: no input type, or a replacement. */
    const kind = event.inputType ?? '';
    const whole = kind === '' || kind === 'insertFromPaste' || kind === 'insertReplacementText';
    const digits = field.value.replace(/\s/g, '');
    if (whole && /^\d+$/.test(digits) && digits.length === Number(field.dataset.whole))
      field.form?.requestSubmit();
  });
}
