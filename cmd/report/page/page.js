"use strict";

/* What the charts and the list share: the run that is listed, the time in sight, the transfer that
 * is looked at. */

const COLORS = ["ink", "soft", "rule", "grid", "strong", "paper", "sheet", "failed", "failed-wait",
    ...PHASES.map((phase) => phase.key)];
const THEMES = ["system", "light", "dark"];
const THINNEST = 1e-6; /* seconds that are still worth a window */

class Page {
    constructor(data) {
        this.runs = data.runs;
        this.compared = data.compared;
        this.lists = data.lists;
        this.whole = data.whole;
        this.run = this.runs[0];
        this.active = -1;
        this.opened = false;
        this.outcomes = new Set([0, 1, 2, 3]);
        this.last = Math.max(...this.runs.map((run) => run.last), THINNEST);
        this.window = { from: 0, to: this.last };
        this.zoomed = () => this.window.from > 0 || this.window.to < this.last;
        this.sans = getComputedStyle(document.body).fontFamily;
    }

    start() {
        this.readColors();
        this.fillHead();
        this.axis = new Axis(this);
        this.charts = this.runs.map((run) => new Chart(run, this.chartHeight(run), this));
        const host = document.getElementById("charts");
        host.replaceChildren(this.axis.figure, ...this.charts.map((chart) => chart.figure));
        this.charts.forEach((chart) => this.fillCaption(chart));
        this.table = new Table(this);
        this.overview = new Overview(this);
        this.details = new Details(this);
        this.charts.forEach((chart) => watchChart(chart, this));
        this.fillChoices();
        const bars = this.runs.some((run) => run.bars.length > 0);
        document.querySelector(".waterfall").hidden = !bars;
        this.listen();
        this.table.fill();
        this.redraw();
    }

    chartHeight(run) {
        const several = this.runs.length > 1;
        const many = run.bars.length;
        return Math.max(14, Math.min(many * (many < 12 ? 14 : 12), several ? 170 : 560));
    }

    fillHead() {
        const run = this.runs[this.runs.length - 1];
        if (this.compared) {
            headlineOfComparison(this.compared);
            tableOfComparison(this.compared);
            const lists = this.lists.length ? this.lists.map(harmless).join(", ") + ", " : "";
            document.getElementById("subline").textContent =
                "The same list, once in each mode: " + lists + sayCount(run.count, "URL", "URLs") +
                ", " + sayDate(this.runs[0].head.started / 1e6) +
                ". The bars are those of each mode\u2019s last run.";
        } else {
            headlineOfRun(run);
            document.getElementById("subline").textContent = sublineOfRun(run);
            document.getElementById("figures").replaceChildren(...figuresOfRun(run));
        }
        const notice = noticeOf(this.runs, this.whole);
        document.getElementById("notice").textContent = notice;
        document.getElementById("notice").hidden = !notice;
        document.getElementById("foot").textContent = "Written by fetch " + run.head.version +
            ". Times are those of each URL\u2019s last request; redirects and tries before it " +
            "are \u201cearlier requests\u201d.";
    }

    fillCaption(chart) {
        const { run } = chart;
        chart.caption.hidden = this.runs.length === 1;
        chart.caption.replaceChildren(element("b", "", run.name()),
            saySeconds(run.last) + ", at most " + counted.format(run.most) + " at once");
    }

    readColors() {
        const style = getComputedStyle(document.documentElement);
        this.colors = {};
        for (const name of COLORS)
            this.colors[name] = style.getPropertyValue("--" + name).trim();
    }

    ticks() {
        const wide = this.axis.canvas.clientWidth;
        return roundTimes(this.window.from, this.window.to, Math.max(2, wide / 110)).times;
    }

    tickStep() {
        const wide = this.axis.canvas.clientWidth;
        return roundTimes(this.window.from, this.window.to, Math.max(2, wide / 110)).step;
    }

    /* Draws everything anew with the next frame. */
    redraw() {
        if (this.pending)
            return;
        this.pending = requestAnimationFrame(() => {
            this.pending = 0;
            if (this.stale)
                this.table.fill();
            this.stale = false;
            this.axis.draw();
            this.charts.forEach((chart) => chart.draw());
            this.overview.draw();
            this.sayWindow();
        });
    }

    sayWindow() {
        const { from, to } = this.window;
        const zoomed = this.zoomed();
        const step = (to - from) / 100;
        document.getElementById("window").textContent =
            zoomed ? sayTick(from, step, to) + " to " + sayTick(to, step, to) : "";
        document.getElementById("zoom-all").disabled = !zoomed;
        document.getElementById("zoom-out").disabled = !zoomed;
        const listed = counted.format(this.table.list.length);
        const all = sayCount(this.run.count, "transfer", "transfers");
        const some = listed + " of " + all + (zoomed ? ", in the time shown" : "");
        document.getElementById("count").textContent =
            this.table.list.length === this.run.count ? all : some;
    }

    show(from, to) {
        const span = Math.min(Math.max(to - from, this.last / 1e6, THINNEST), this.last);
        const begin = Math.min(Math.max(from, 0), this.last - span);
        this.window = { from: begin, to: begin + span };
        if (span >= this.last)
            this.window = { from: 0, to: this.last };
        this.stale = true;
        this.redraw();
    }

    /* `factor` below one: closer. `center`: the time that keeps its place. */
    zoom(factor, center) {
        const { from, to } = this.window;
        const still = center === undefined ? (from + to) / 2 : center;
        this.show(still - (still - from) * factor, still + (to - still) * factor);
    }

    pan(share) {
        const { from, to } = this.window;
        const by = (to - from) * share;
        this.show(from + by, to + by);
    }

    showAll() {
        this.show(0, this.last);
    }

    choose(run) {
        if (run === this.run)
            return;
        this.run = run;
        this.active = -1;
        this.details.close();
        this.fillChoices();
        this.table.fill();
        this.redraw();
    }

    /* Makes a transfer the one that is looked at. */
    activate(i, by) {
        this.active = i;
        this.table.reveal(i);
        if (this.opened)
            this.details.fill();
        if (by === "chart")
            this.say(i);
        this.redraw();
    }

    open() {
        if (this.active >= 0)
            this.details.open();
    }

    say(i) {
        const { run } = this;
        document.getElementById("spoken").textContent = harmless(run.url(i)) + ", " +
            OUTCOMES[run.outcome[i]] + ", " + saySeconds(run.time(i)) + ", " +
            sayBytes(run.bytes(i));
    }

    /* Search and outcomes: what is shown at all, in every run. */
    filter() {
        const words =
            document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
        for (const run of this.runs)
            for (let i = 0; i < run.count; i++)
                run.shown[i] = this.outcomes.has(run.outcome[i]) && matches(run, i, words) ? 1 : 0;
        this.scrollToTop();
        this.table.fill();
        this.redraw();
    }

    scrollToTop() {
        this.table.scroller.scrollTop = 0;
    }

    clear() {
        document.getElementById("search").value = "";
        this.outcomes = new Set([0, 1, 2, 3]);
        this.fillChoices();
        this.window = { from: 0, to: this.last };
        this.filter();
    }

    fillChoices() {
        this.fillOutcomes();
        fillLegend(this.run, this.colors, this.runs.length > 1);
        const host = document.getElementById("run-choice");
        host.hidden = this.runs.length === 1;
        host.replaceChildren(...this.runs.map((run) => {
            const input = element("input");
            input.type = "radio";
            input.name = "run";
            input.checked = run === this.run;
            input.addEventListener("change", () => {
                this.choose(run);
                host.querySelector("input:checked").focus();
            });
            return element("label", "", input, element("span", "", run.name()));
        }));
    }

    fillOutcomes() {
        const counts = this.run.counts();
        const chips = OUTCOMES.map((word, outcome) => {
            const chip = element("button", "", element("span", "dot " + word),
                word + " " + counted.format(counts[outcome]));
            chip.type = "button";
            chip.hidden = counts[outcome] === 0;
            chip.setAttribute("aria-pressed", String(this.outcomes.has(outcome)));
            chip.addEventListener("click", () => {
                const on = !this.outcomes.delete(outcome);
                if (on)
                    this.outcomes.add(outcome);
                chip.setAttribute("aria-pressed", String(on));
                this.filter();
            });
            return chip;
        });
        document.getElementById("outcomes").replaceChildren(...chips);
    }

    listen() {
        const on = (id, what, then) => document.getElementById(id).addEventListener(what, then);
        let soon = 0;
        on("search", "input", () => {
            clearTimeout(soon);
            soon = setTimeout(() => this.filter(), this.run.count > 5000 ? 120 : 0);
        });
        on("search", "keydown", (event) => {
            if (event.key === "ArrowDown")
                this.table.grid.focus();
        });
        on("clear", "click", () => this.clear());
        on("zoom-in", "click", () => this.zoom(0.5));
        on("zoom-out", "click", () => this.zoom(2));
        on("zoom-all", "click", () => this.showAll());
        document.addEventListener("keydown", (event) => this.onKey(event));
        new ResizeObserver(() => {
            this.table.render();
            this.redraw();
        }).observe(document.getElementById("charts"));
        document.addEventListener("themechange", () => {
            this.readColors();
            fillLegend(this.run, this.colors, this.runs.length > 1);
            this.details.fill();
            this.redraw();
        });
    }

    onKey(event) {
        const typing = event.target.matches("input[type=search]");
        if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
            document.getElementById("search").focus();
            event.preventDefault();
        } else if (event.key === "Escape" && this.opened) {
            this.details.close(true);
            event.preventDefault();
        }
    }
}

function matches(run, i, words) {
    if (words.length === 0)
        return true;
    const text = [run.url(i), run.error(i), run.path(i), run.finalUrl(i),
        OUTCOMES[run.outcome[i]], run.status(i)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
}

/* Light or dark: as the system says, unless told otherwise. */
class Theme {
    constructor() {
        this.system = matchMedia("(prefers-color-scheme: dark)");
        this.wish = 0;
        this.button = document.getElementById("theme");
        this.button.addEventListener("click", () => {
            this.wish = (this.wish + 1) % THEMES.length;
            this.apply();
        });
        this.system.addEventListener("change", () => this.apply());
        this.apply();
    }

    apply() {
        const wish = THEMES[this.wish];
        const dark = wish === "system" ? this.system.matches : wish === "dark";
        document.documentElement.dataset.theme = dark ? "dark" : "light";
        this.button.textContent = "Theme: " + wish;
        document.dispatchEvent(new Event("themechange"));
    }
}

const theme = new Theme();

document.addEventListener("DOMContentLoaded", () => {
    const data = readRuns(document.getElementById("data").textContent);
    if (data.runs.length === 0) {
        document.getElementById("headline").textContent = "Nothing was written into this report";
        return;
    }
    new Page(data).start();
});
