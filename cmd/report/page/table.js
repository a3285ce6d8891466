"use strict";

/* The list of transfers. Only the rows in sight exist; a million of them scroll like ten. */

const ROW_HEIGHT = 30;
const HEIGHT_MAX = 8000000; /* browsers give up on elements that are much higher */

const COLUMNS = [
    { key: "url", title: "URL", value: (run, i) => run.url(i), text: true },
    { key: "outcome", title: "Outcome", value: (run, i) => run.outcome[i] },
    { key: "status", title: "Status", value: (run, i) => run.status(i), number: true },
    { key: "bytes", title: "Size", value: (run, i) => run.bytes(i), number: true, most: true },
    { key: "started", title: "Started", number: true,
      value: (run, i) => run.hasBar(i) ? run.first[i] : Infinity },
    { key: "took", title: "Time", value: (run, i) => run.time(i), number: true, most: true },
    { key: "error", title: "Error", value: (run, i) => run.error(i), text: true, most: true },
];

class Table {
    constructor(page) {
        this.page = page;
        this.list = [];
        this.sort = { key: "started", down: false };
        this.pool = [];
        this.grid = document.getElementById("grid");
        this.scroller = document.getElementById("scroller");
        this.spacer = document.getElementById("spacer");
        this.frame = this.grid.parentElement;
        this.buildColumns();
        this.scroller.addEventListener("scroll", () => this.render());
        this.grid.addEventListener("keydown", (event) => this.onKey(event));
        this.spacer.addEventListener("click", (event) => this.onClick(event));
    }

    buildColumns() {
        const head = document.getElementById("columns");
        for (const column of COLUMNS) {
            const button = element("button", "", column.title);
            button.type = "button";
            button.tabIndex = 0;
            button.addEventListener("click", () => this.sortBy(column));
            const cell = element("div", column.key + (column.number ? " number" : "") +
                (column.key === "outcome" ? " outcome-column" : ""), button);
            cell.setAttribute("role", "columnheader");
            column.cell = cell;
            head.append(cell);
        }
        head.setAttribute("aria-rowindex", "1");
    }

    sortBy(column) {
        const down = this.sort.key === column.key ? !this.sort.down : Boolean(column.most);
        this.sort = { key: column.key, down };
        this.fill();
    }

    /* The rows that are shown, in order. */
    fill() {
        const { run, window: seen, zoomed } = this.page;
        const list = [];
        for (let i = 0; i < run.count; i++) {
            const inTime = !zoomed() ||
                (run.hasBar(i) && run.first[i] <= seen.to && run.until[i] >= seen.from);
            if (run.shown[i] && inTime)
                list.push(i);
        }
        this.order(list);
        this.list = list;
        this.frame.classList.toggle("has-errors", run.outcome.includes(FAILED));
        this.slowest = list.reduce((most, i) => Math.max(most, run.time(i)), 0);
        this.grid.setAttribute("aria-rowcount", String(list.length + 1));
        document.getElementById("nothing").hidden = list.length > 0;
        this.grid.hidden = list.length === 0;
        this.render();
    }

    order(list) {
        const { run } = this.page;
        const column = COLUMNS.find((one) => one.key === this.sort.key);
        const sign = this.sort.down ? -1 : 1;
        const values = new Map();
        if (column.text)
            list.sort(
                (a, b) => sign * compareText(column.value(run, a), column.value(run, b)) || a - b);
        else {
            for (const i of list)
                values.set(i, column.value(run, i));
            list.sort((a, b) => sign * compareNumbers(values.get(a), values.get(b)) || a - b);
        }
        for (const one of COLUMNS)
            one.cell.setAttribute("aria-sort", one !== column ? "none"
                : this.sort.down ? "descending" : "ascending");
    }

    /* A list that is too high scrolls in larger steps. */
    first() {
        const { scroller } = this;
        const whole = this.list.length * ROW_HEIGHT;
        const high = Math.min(whole, HEIGHT_MAX);
        const room = Math.max(high - scroller.clientHeight, 1);
        const place = whole === high ? scroller.scrollTop
            : scroller.scrollTop / room * (whole - scroller.clientHeight);
        return { place, offset: place - scroller.scrollTop };
    }

    render() {
        const { scroller, spacer, page } = this;
        spacer.style.height = Math.min(this.list.length * ROW_HEIGHT, HEIGHT_MAX) + "px";
        const { place, offset } = this.first();
        this.grid.style.setProperty("--bar", scroller.offsetWidth - scroller.clientWidth + "px");
        const from = Math.max(0, Math.floor(place / ROW_HEIGHT) - 4);
        const to =
            Math.min(this.list.length, Math.ceil((place + scroller.clientHeight) / ROW_HEIGHT) + 4);
        while (this.pool.length < to - from)
            this.pool.push(this.makeRow());
        this.pool.forEach((row, n) => {
            const line = from + n;
            row.node.hidden = line >= to;
            if (line < to)
                this.fillRow(row, line, line * ROW_HEIGHT - offset);
        });
        const activeRow = this.pool.find((row) => !row.node.hidden && row.i === page.active);
        if (activeRow)
            this.grid.setAttribute("aria-activedescendant", activeRow.node.id);
        else
            this.grid.removeAttribute("aria-activedescendant");
    }

    makeRow() {
        const row = { i: -1, node: element("div", "row"), cells: {} };
        row.node.setAttribute("role", "row");
        row.node.id = "row-" + this.pool.length;
        for (const column of COLUMNS) {
            const cell = element("div", column.key + (column.number ? " number" : ""));
            cell.setAttribute("role", "gridcell");
            row.cells[column.key] = cell;
            row.node.append(cell);
        }
        this.spacer.append(row.node);
        return row;
    }

    fillRow(row, line, top) {
        const { run, active } = this.page;
        const i = this.list[line];
        const { cells, node } = row;
        node.style.transform = "translateY(" + top + "px)";
        node.setAttribute("aria-rowindex", String(line + 2));
        node.setAttribute("aria-selected", String(i === active));
        node.classList.toggle("active", i === active);
        if (row.i === i && row.run === run && row.slowest === this.slowest)
            return;
        Object.assign(row, { i, run, slowest: this.slowest });
        node.classList.toggle("bad", run.outcome[i] === FAILED);
        const url = run.url(i);
        const cut = lastPart(url);
        const known = run.origin ? run.origin.length + 1 : 0; /* the page's head tells it */
        const before = element("span", "", harmless(url.slice(known, cut)));
        before.hidden = cut <= known;
        const last = url.slice(Math.max(cut, known)) || "/";
        cells.url.replaceChildren(before, element("b", "", harmless(last)));
        cells.url.title = harmless(url);
        const word = OUTCOMES[run.outcome[i]];
        cells.outcome.replaceChildren(element("span", "dot " + word), element("span", "", word));
        cells.status.textContent = run.status(i) || "\u2013";
        cells.bytes.textContent = run.hasBar(i) ? sayBytes(run.bytes(i)) : "\u2013";
        cells.started.textContent = run.hasBar(i) ? saySeconds(run.first[i]) : "\u2013";
        const bar = element("i");
        bar.style.width = "calc((100% - 4.6rem) * " + run.time(i) / (this.slowest || 1) + ")";
        cells.took.replaceChildren(
            ...(run.hasBar(i) ? [bar, saySeconds(run.time(i))] : ["\u2013"]));
        cells.error.textContent = harmless(run.error(i));
        cells.error.title = harmless(run.error(i));
    }

    /* Brings a transfer into sight. */
    reveal(i) {
        const line = this.list.indexOf(i);
        const { scroller } = this;
        if (line < 0)
            return;
        const { place } = this.first();
        const top = line * ROW_HEIGHT;
        let want = place;
        if (top < place)
            want = top;
        else if (top + ROW_HEIGHT > place + scroller.clientHeight)
            want = top + ROW_HEIGHT - scroller.clientHeight;
        const whole = this.list.length * ROW_HEIGHT;
        const scale = whole > HEIGHT_MAX
            ? (HEIGHT_MAX - scroller.clientHeight) / (whole - scroller.clientHeight) : 1;
        if (want !== place)
            scroller.scrollTop = want * scale;
        this.render();
    }

    onClick(event) {
        const node = event.target.closest(".row");
        const row = this.pool.find((one) => one.node === node);
        if (!row)
            return;
        this.page.activate(row.i, "table");
        this.page.open();
    }

    onKey(event) {
        if (event.target !== this.grid)
            return;
        const pageful = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
        const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: pageful, PageUp: -pageful,
            Home: -Infinity, End: Infinity };
        if (event.key === "Enter" || event.key === " ") {
            this.page.open();
            event.preventDefault();
        }
        if (!(event.key in steps) || this.list.length === 0)
            return;
        const now = this.list.indexOf(this.page.active);
        const step = steps[event.key];
        const line = now < 0 && step > 0 && step < Infinity ? 0 : now + step;
        this.page.activate(this.list[Math.min(Math.max(line, 0), this.list.length - 1)], "table");
        event.preventDefault();
    }
}

function compareText(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

/* Infinity, too, is as large as itself. */
function compareNumbers(a, b) {
    return a === b ? 0 : a - b;
}
