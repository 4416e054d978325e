/*
 * Asks the browser for a security key or passkey and sends what it says with the form. What SimpleWebAuthn publishes for
 * browsers (MIT licence, © 2020 Matthew Miller) stands before this in the same file: it also copes with browsers and
 * password managers that know only part of the standard.
 */
const { SimpleWebAuthnBrowser: webAuthn } = globalThis;

/* What the browser meant, in the words that the server tells it by. */
function reasonOf({ name }, purpose) {
  if (name === 'InvalidStateError' && purpose === 'set-up') return 'already';
  return ['NotSupportedError', 'SecurityError', 'ConstraintError'].includes(name)
    ? 'unsupported'
    : 'cancelled';
}

/* Made fresh for each press: a challenge works once. In the settings the form carries which sign-in it belongs to. */
async function ask({ options, purpose }, { stamp }, signal) {
  const body = new URLSearchParams({ purpose, ...(stamp && { stamp: stamp.value }) });
  const answer = await fetch(options, { method: 'POST', body, signal });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  const optionsJSON = await answer.json();
  return purpose === 'set-up'
    ? webAuthn.startRegistration({ optionsJSON })
    : webAuthn.startAuthentication({ optionsJSON });
}

function enhance(container) {
  const button = container.querySelector('#use-passkey');
  const field = container.querySelector('input[name="credential"]');
  const { form } = field;
  const label = button.textContent;
  let asking;

  const show = (busy) => {
    button.setAttribute('aria-busy', String(busy));
    button.textContent = (busy && button.dataset.busy) || label;
  };
  button.addEventListener('click', async () => {
    /* A second press while the server or the person is waited for breaks it off. */
    if (asking) {
      asking.abort();
      webAuthn.WebAuthnAbortService.cancelCeremony();
      return;
    }
    asking = new AbortController();
    show(true);
    const { purpose } = button.dataset;
    const answer = await ask(button.dataset, form.elements, asking.signal).catch((error) => ({
      error: reasonOf(error, purpose),
    }));
    field.value = JSON.stringify(answer);
    form.requestSubmit();
  });
  /* Back from the next page: what was sent then is worth nothing now. */
  addEventListener('pageshow', () => {
    field.value = '';
    asking = undefined;
    show(false);
  });
  button.hidden = false;
}

for (const container of document.querySelectorAll('[data-passkey]')) {
  container.querySelector('.no-script')?.remove();
  if (webAuthn.browserSupportsWebAuthn()) enhance(container);
  else container.querySelector('[data-passkey-unsupported]')?.removeAttribute('hidden');
}
