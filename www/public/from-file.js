// A plain script, which runs where a page was opened as a file and modules do not.
if (location.protocol === 'file:') {
  addEventListener('DOMContentLoaded', () => {
    const note = document.createElement('p');
    note.className = 'note';
    note.textContent =
      'This page was opened as a file, and browsers run no live parts there. Open the site through a ' +
      'server: npm start in the project’s folder does that, and so does any static host.';
    document.querySelector('main')?.prepend(note);
  });
}
