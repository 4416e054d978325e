/* Print buttons: there only where a script can open the dialog. */
for (const button of document.querySelectorAll('button[data-print]')) {
  button.classList.add('ready');
  button.addEventListener('click', () => window.print());
}
