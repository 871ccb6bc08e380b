'use strict';
document.body.classList.add('scripted');

function select(tab) {
  for (const other of tab.parentElement.children) {
    const chosen = other === tab;
    other.setAttribute('aria-selected', chosen);
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute('aria-controls')).hidden = !chosen;
  }
}

for (const list of document.querySelectorAll('[role=tablist]')) {
  const tabs = [...list.children];
  if (tabs.length) select(tabs[0]);
  for (const tab of tabs) tab.addEventListener('click', () => select(tab));
  list.addEventListener('keydown', event => {
    const at = tabs.indexOf(document.activeElement);
    const to = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(tabs[to]);
    tabs[to].focus();
  });
}

function sort(head) {
  const column = head.cellIndex;
  const text = column === 0;
  const before = head.getAttribute('aria-sort');
  // Names go up first, scores down.
  const up = before === 'none' ? text : before === 'descending';
  for (const other of head.parentElement.children) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  const body = head.closest('table').tBodies[0];
  const value = row => row.cells[column].dataset.value;
  const order = (a, b) => text ? a.localeCompare(b) : a - b;
  const rows = [...body.rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === '' || y === '') return (x === '') - (y === ''); // no score is last, either way
    return up ? order(x, y) : order(y, x);
  });
  body.append(...rows);
}

for (const head of document.querySelectorAll('thead th'))
  head.firstElementChild.addEventListener('click', () => sort(head));

// Escape puts away what hides the page's foot, until the pointer or the focus moves on.
addEventListener('keydown', event => {
  if (event.key === 'Escape') document.body.classList.add('quiet');
});
for (const kind of ['focusin', 'mouseover'])
  addEventListener(kind, () => document.body.classList.remove('quiet'));
