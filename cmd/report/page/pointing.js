"use strict";

/* Pointer and keys on the charts, the strip below them, and what is told of a single transfer. */

function watchChart(chart, page) {
    const { canvas } = chart;
    const tip = new Tip(page);
    let drag = null;
    canvas.addEventListener("pointermove", (event) => {
        if (drag) {
            drag.move(event.offsetX);
            tip.hide();
            return;
        }
        const i = chart.at(event.offsetY);
        if (i >= 0)
            tip.show(chart.run, i, event.clientX, event.clientY);
        else
            tip.hide();
    });
    canvas.addEventListener("pointerleave", () => tip.hide());
    canvas.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch")
            return;
        canvas.setPointerCapture(event.pointerId);
        drag = new Brush(chart, page, event.offsetX);
    });
    canvas.addEventListener("pointerup", (event) => {
        if (event.button !== 0)
            return;
        const moved = drag && drag.end(event.offsetX);
        drag = null;
        if (!moved)
            pick(chart, page, event.offsetY);
    });
    canvas.addEventListener("pointercancel", () => {
        if (drag)
            drag.node.remove();
        drag = null;
    });
    canvas.addEventListener("dblclick", () => page.showAll());
    canvas.addEventListener("wheel", (event) => {
        const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
        if (!event.ctrlKey && !event.metaKey && !(sideways && page.zoomed()))
            return;
        event.preventDefault();
        if (sideways)
            page.pan(event.deltaX / chart.width);
        else
            page.zoom(Math.exp(event.deltaY * 0.004), chart.timeAt(event.offsetX));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => onChartKey(event, chart, page, tip));
    canvas.addEventListener("blur", () => tip.hide());
}

function pick(chart, page, y) {
    const i = chart.at(y);
    page.choose(chart.run);
    if (i < 0)
        return;
    page.activate(i, "chart");
    page.open();
}

/* The next or the last but one line of the chart, its numbers shown beside it. */
function stepLine(by, chart, page, tip) {
    page.choose(chart.run);
    if (chart.lines.length === 0)
        return;
    const now = chart.lines.indexOf(page.active);
    const line = Math.min(Math.max(now < 0 && by > 0 ? 0 : now + by, 0), chart.lines.length - 1);
    const i = chart.lines[line];
    page.activate(i, "chart");
    const box = chart.canvas.getBoundingClientRect();
    const x = Math.min(Math.max(chart.x(chart.run.until[i]), 0), chart.width);
    tip.show(chart.run, i, box.left + x, box.top + (line + 1) * chart.lineHeight());
}

function onChartKey(event, chart, page, tip) {
    const keys = {
        ArrowLeft: () => page.pan(-0.2),
        ArrowRight: () => page.pan(0.2),
        ArrowUp: () => stepLine(-1, chart, page, tip),
        ArrowDown: () => stepLine(1, chart, page, tip),
        Home: () => stepLine(-Infinity, chart, page, tip),
        End: () => stepLine(Infinity, chart, page, tip),
        "+": () => page.zoom(0.5),
        "=": () => page.zoom(0.5),
        "-": () => page.zoom(2),
        "0": () => page.showAll(),
        Enter: () => page.open(),
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
        return;
    keys[event.key]();
    event.preventDefault();
}

/* A stretch of time being marked. */
class Brush {
    constructor(chart, page, x) {
        this.chart = chart;
        this.page = page;
        this.start = x;
        this.node = element("div", "brush");
        this.node.style.top = chart.canvas.offsetTop + "px";
        this.node.style.height = chart.height + "px";
        chart.figure.append(this.node);
        this.move(x);
    }

    move(x) {
        const wide = this.chart.width;
        const from = Math.max(0, Math.min(x, this.start));
        const to = Math.min(wide, Math.max(x, this.start));
        this.node.style.left = from + "px";
        this.node.style.width = to - from + "px";
        return [from, to];
    }

    /* Was it more than a click? */
    end(x) {
        const [from, to] = this.move(x);
        this.node.remove();
        if (to - from < 4)
            return false;
        this.page.show(this.chart.timeAt(from), this.chart.timeAt(to));
        return true;
    }
}

/* The numbers of the transfer under the pointer. */
class Tip {
    constructor(page) {
        this.page = page;
        this.node = document.getElementById("tip");
    }

    hide() {
        this.node.hidden = true;
    }

    show(run, i, x, y) {
        const list = element("dl");
        PHASES.forEach((phase, p) => {
            if (run.phase[p][i] === 0)
                return;
            const swatch = element("i");
            swatch.style.background = this.page.colors[phase.key];
            list.append(swatch, element("dt", "", phase.name),
                element("dd", "", saySeconds(run.phase[p][i])));
        });
        const word = run.outcome[i] === FAILED ? harmless(run.error(i)) || "failed"
            : OUTCOMES[run.outcome[i]] + ", " + sayBytes(run.bytes(i));
        this.node.replaceChildren(element("p", "", harmless(run.url(i))),
            element("strong", "", saySeconds(run.time(i))),
            ", begun at " + saySeconds(run.first[i]) + ", " + word, list);
        this.node.hidden = false;
        this.place(x, y);
    }

    place(x, y) {
        const { offsetWidth: wide, offsetHeight: high } = this.node;
        const left = x + 16 + wide < innerWidth ? x + 16 : Math.max(8, x - 16 - wide);
        const top = y + 18 + high < innerHeight ? y + 18 : Math.max(8, y - 12 - high);
        this.node.style.transform =
            "translate(" + Math.round(left) + "px," + Math.round(top) + "px)";
    }
}

/* The whole time at a glance: how many were under way; what is in sight above can be moved here. */
class Overview {
    constructor(page) {
        this.page = page;
        this.canvas = document.getElementById("overview");
        let grip = null;
        const timeAt = (event) => event.offsetX / this.canvas.clientWidth * page.last;
        this.canvas.addEventListener("pointerdown", (event) => {
            const { from, to } = page.window;
            const time = timeAt(event);
            this.canvas.setPointerCapture(event.pointerId);
            grip = time >= from && time <= to ? time - from : (to - from) / 2;
            page.show(time - grip, time - grip + to - from);
        });
        this.canvas.addEventListener("pointermove", (event) => {
            const { from, to } = page.window;
            if (grip !== null)
                page.show(timeAt(event) - grip, timeAt(event) - grip + to - from);
        });
        this.canvas.addEventListener("pointerup", () => grip = null);
        this.canvas.addEventListener("pointercancel", () => grip = null);
    }

    draw() {
        const { page, canvas } = this;
        const dots = window.devicePixelRatio || 1;
        const wide = Math.max(1, Math.round(canvas.clientWidth * dots));
        const high = Math.round(44 * dots);
        canvas.width = wide;
        canvas.height = high;
        const context = canvas.getContext("2d");
        if (this.wide !== wide)
            this.loads = page.runs.map((run) => run.atOnce(wide, page.last));
        this.wide = wide;
        const most =
            Math.max(1, ...this.loads.map((load) => load.reduce((a, b) => Math.max(a, b), 0)));
        this.loads.forEach((load, n) => {
            if (page.runs[n] !== page.run)
                this.fillArea(context, load, high, most, page.colors.queue);
        });
        this.fillArea(
            context, this.loads[page.runs.indexOf(page.run)], high, most, page.colors.wait);
        this.drawFailures(context, wide, high, dots);
        this.drawWindow(context, wide, high, dots);
        const mode = page.runs.length > 1 ? ", mode " + page.run.name() : "";
        document.getElementById("overview-label").replaceChildren(
            element("span", "", "Transfers at once" + mode),
            element("span", "", "at most " + counted.format(page.run.most)));
    }

    fillArea(context, load, high, most, color) {
        context.fillStyle = color;
        load.forEach((many, x) => {
            const top = Math.max(many / most * (high - 4), 2);
            if (many > 0)
                context.fillRect(x, high - top, 1, top);
        });
    }

    drawFailures(context, wide, high, dots) {
        const { run, last, colors } = this.page;
        context.fillStyle = colors.rule;
        context.fillRect(0, high - 1, wide, 1);
        context.fillStyle = colors.failed;
        for (const i of run.bars)
            if (run.outcome[i] === FAILED)
                context.fillRect(
                    run.until[i] / last * wide - dots, high - 5 * dots, 2 * dots, 5 * dots);
    }

    drawWindow(context, wide, high, dots) {
        const { page } = this;
        if (!page.zoomed())
            return;
        const from = page.window.from / page.last * wide;
        const to = Math.max(page.window.to / page.last * wide, from + 3 * dots);
        context.fillStyle = page.colors.sheet;
        context.globalAlpha = 0.7;
        context.fillRect(0, 0, from, high);
        context.fillRect(to, 0, wide - to, high);
        context.globalAlpha = 1;
        context.strokeStyle = page.colors.strong;
        context.lineWidth = 2 * dots;
        context.strokeRect(
            from + dots, dots, Math.max(to - from - 2 * dots, dots), high - 2 * dots);
    }
}

/* All that is known of one transfer. */
class Details {
    constructor(page) {
        this.page = page;
        this.node = document.getElementById("details");
    }

    open() {
        this.page.opened = true;
        this.cameFrom = document.activeElement;
        this.node.hidden = false;
        this.node.parentElement.classList.add("opened");
        this.fill();
        this.page.table.render();
    }

    close(back) {
        if (!this.page.opened)
            return;
        this.page.opened = false;
        this.node.hidden = true;
        this.node.parentElement.classList.remove("opened");
        if (back && this.cameFrom)
            this.cameFrom.focus();
        this.page.table.render();
    }

    fill() {
        const { page } = this;
        const { run, active: i } = page;
        if (!page.opened || i < 0)
            return;
        const url = harmless(run.url(i));
        const close = element("button", "quiet", "Close");
        close.type = "button";
        close.addEventListener("click", () => this.close(true));
        const title = harmless(run.url(i).slice(lastPart(run.url(i)))) || url;
        const parts = [
            element("header", "", element("h3", "", title), close), element("p", "address", url)
        ];
        if (run.error(i))
            parts.push(element("p", "reason", harmless(run.error(i))));
        if (run.hasBar(i))
            parts.push(this.phases(run, i));
        parts.push(this.facts(run, i));
        this.node.replaceChildren(...parts);
    }

    phases(run, i) {
        const whole = run.until[i] - run.begin[i] || 1;
        let at = 0;
        const list = element("ol");
        PHASES.forEach((phase, p) => {
            const seconds = run.phase[p][i];
            const part = element("b");
            part.style.marginLeft = at / whole * 100 + "%";
            part.style.width = seconds / whole * 100 + "%";
            part.style.background = this.page.colors[phase.key];
            at += seconds;
            if (seconds === 0)
                return;
            const swatch = element("i", "swatch");
            swatch.style.background = this.page.colors[phase.key];
            const item = element("li", "", swatch, phase.name,
                element("span", "", saySeconds(seconds)), element("div", "line", part));
            item.title = phase.says;
            list.append(item);
        });
        return list;
    }

    facts(run, i) {
        const list = element("dl");
        const add = (name, value) => {
            if (value)
                list.append(element("dt", "", name), element("dd", "", value));
        };
        add("Outcome", OUTCOMES[run.outcome[i]]);
        add("Status", run.status(i) ? String(run.status(i)) : "");
        const bytes = sayBytes(run.bytes(i)) + " (" + sayCount(run.bytes(i), "byte", "bytes") + ")";
        add("Size", run.hasBar(i) ? bytes : "");
        add("Time", run.hasBar(i) ? saySeconds(run.time(i)) : "nothing was requested");
        add("Started", run.hasBar(i) ? saySeconds(run.first[i]) : "");
        add("Tries", run.attempts(i) > 1 ? String(run.attempts(i)) : "");
        add("Redirected to", harmless(run.finalUrl(i)));
        add("File", harmless(run.path(i)));
        add("Address", harmless(run.address(i)));
        const version = run.version(i) / 10;
        add("Protocol", version ? "HTTP/" + (version < 2 ? version.toFixed(1) : version) : "");
        return list;
    }
}
