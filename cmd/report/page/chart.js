"use strict";

/* The waterfall of one run: a line for each transfer that is in sight, in the order in which they
 * began, all of them together as high as the chart. Where lines are thinner than can be told apart
 * the canvas shows how much of each phase falls on each of its dots. */

const LINE_MAX = 14;    /* CSS pixels a transfer gets at most */
const LABELS_FROM = 10; /* from this height on there is room for names */
const TELL_APART = 2;   /* dots of the screen */

class Chart {
    constructor(run, height, page) {
        this.run = run;
        this.page = page;
        this.height = height;
        this.lines = [];
        this.canvas = element("canvas");
        this.canvas.tabIndex = 0;
        this.canvas.setAttribute("role", "application");
        this.canvas.setAttribute("aria-roledescription", "waterfall");
        this.canvas.setAttribute("aria-describedby", "chart-help");
        this.canvas.style.height = height + "px";
        this.caption = element("figcaption");
        this.figure = element("figure", "chart", this.caption, this.canvas);
        this.context = this.canvas.getContext("2d");
    }

    /* The transfers in sight: shown by search and outcome, and under way in the window. */
    look() {
        const { from, to } = this.page.window;
        const { run } = this;
        this.lines =
            run.bars.filter((i) => run.shown[i] && run.first[i] <= to && run.until[i] >= from);
    }

    lineHeight() {
        return Math.min(LINE_MAX, this.height / Math.max(this.lines.length, 1));
    }

    x(time) {
        const { from, to } = this.page.window;
        return (time - from) / (to - from) * this.width;
    }

    timeAt(x) {
        const { from, to } = this.page.window;
        return from + x / this.width * (to - from);
    }

    /* Which transfer's line is at that height, -1: none. */
    at(y) {
        const line = Math.floor(y / this.lineHeight());
        return line >= 0 && line < this.lines.length ? this.lines[line] : -1;
    }

    fit() {
        const dots = window.devicePixelRatio || 1;
        this.width = this.canvas.clientWidth;
        const wide = Math.max(1, Math.round(this.width * dots));
        const high = Math.max(1, Math.round(this.height * dots));
        if (this.canvas.width !== wide || this.canvas.height !== high) {
            this.canvas.width = wide;
            this.canvas.height = high;
        }
        this.dots = dots;
        this.context.setTransform(1, 0, 0, 1, 0, 0);
        this.context.clearRect(0, 0, wide, high);
    }

    draw() {
        this.fit();
        this.look();
        this.drawGrid();
        if (this.lineHeight() * this.dots >= TELL_APART)
            this.drawLines();
        else
            this.drawDense();
        this.drawActive();
        this.describe();
    }

    describe() {
        const all = sayCount(this.run.bars.length, "transfer", "transfers");
        const some = this.lines.length < this.run.bars.length
            ? counted.format(this.lines.length) + " of " + all : all;
        this.canvas.setAttribute(
            "aria-label", "Waterfall of " + some + ", mode " + this.run.name());
    }

    drawGrid() {
        const { context, dots } = this;
        context.fillStyle = this.page.colors.grid;
        for (const time of this.page.ticks())
            context.fillRect(Math.round(this.x(time) * dots), 0, 1, this.canvas.height);
        const end = this.run.last;
        context.fillStyle = this.page.colors.rule;
        context.fillRect(Math.round(this.x(end) * dots) - 1, 0, 2, this.canvas.height);
    }

    color(phase, failed) {
        const { colors } = this.page;
        if (failed && phase >= WAIT)
            return phase === BODY ? colors.failed : colors["failed-wait"];
        return colors[PHASES[phase].key];
    }

    drawLines() {
        const { context, dots } = this;
        const high = this.lineHeight() * dots;
        const gap = high >= 4 * dots ? Math.round(dots) : 0;
        const named = this.lineHeight() >= LABELS_FROM;
        this.lines.forEach((i, line) => {
            const top = Math.round(line * high);
            this.drawBar(i, top, Math.max(1, Math.round((line + 1) * high) - top - gap));
            if (named)
                this.drawName(i, top, high - gap);
        });
        context.globalAlpha = 1;
    }

    drawBar(i, top, high) {
        const { context, run, dots } = this;
        const failed = run.outcome[i] === FAILED;
        let at = run.begin[i];
        for (let phase = 0; phase < PHASES.length; phase++) {
            const until = at + run.phase[phase][i];
            const from = Math.max(this.x(at) * dots, -2);
            const to = Math.min(this.x(until) * dots, this.canvas.width + 2);
            at = until;
            if (to <= from)
                continue;
            context.fillStyle = this.color(phase, failed);
            const thin = phase === QUEUE && high > 4 * dots ? Math.round(high / 3) : 0;
            context.fillRect(from, top + thin, to - from, high - 2 * thin);
        }
        /* However short it was, it was there; and a failure is never overlooked. */
        const first = this.x(run.first[i]) * dots, last = this.x(run.until[i]) * dots;
        context.fillStyle = this.color(failed ? BODY : WAIT, failed);
        if (failed)
            context.fillRect(last - 3 * dots, top, 3 * dots, high);
        else if (last - first < dots)
            context.fillRect(first, top, dots, high);
    }

    /* Behind its bar, or before it where there is more room. */
    drawName(i, top, high) {
        const { context, run, dots, canvas } = this;
        const url = run.url(i);
        const name = harmless(url.slice(lastPart(url))).slice(0, 80) || harmless(url).slice(0, 80);
        const space = 6 * dots;
        const before = Math.min(this.x(run.begin[i]) * dots, canvas.width);
        const behind = Math.max(this.x(run.until[i]) * dots, 0);
        context.font =
            Math.round(Math.min(11, this.lineHeight() - 1) * dots) + "px " + this.page.sans;
        context.fillStyle = this.page.colors.soft;
        context.textBaseline = "middle";
        const wide = context.measureText(name).width;
        if (behind + space + wide <= canvas.width)
            context.fillText(name, behind + space, top + high / 2);
        else if (before - space - wide >= 0)
            context.fillText(name, before - space - wide, top + high / 2);
    }

    /* Each row of dots stands for many transfers: what share of them is in which phase where. */
    drawDense() {
        const wide = this.canvas.width, high = this.canvas.height;
        const image = this.context.createImageData(wide, high);
        const kinds = PHASES.length + 2; /* a failure's last two phases have their own colours */
        const tints = this.tints(kinds);
        const change = new Float64Array(kinds * (wide + 1));
        for (let row = 0; row < high; row++) {
            const from = Math.floor(row * this.lines.length / high);
            const to = Math.max(from + 1, Math.floor((row + 1) * this.lines.length / high));
            change.fill(0);
            for (let line = from; line < to && line < this.lines.length; line++)
                this.addBar(this.lines[line], change, wide);
            this.paintRow(image, row, change, tints, to - from);
        }
        this.paste(image);
    }

    tints(kinds) {
        const tints = [];
        for (let kind = 0; kind < kinds; kind++)
            tints.push(parseColor(kind < PHASES.length ? this.color(kind, false)
                : this.color(kind - PHASES.length + WAIT, true)));
        return tints;
    }

    /* Adds the beginnings and ends of its phases, in dots. */
    addBar(i, change, wide) {
        const { run, dots } = this;
        const failed = run.outcome[i] === FAILED;
        let at = run.begin[i];
        let from = this.x(at) * dots;
        for (let phase = 0; phase < PHASES.length; phase++) {
            if (run.phase[phase][i] === 0)
                continue;
            at += run.phase[phase][i];
            const to = this.x(at) * dots;
            const kind = failed && phase >= WAIT ? phase - WAIT + PHASES.length : phase;
            const a = Math.max(0, Math.floor(from));
            /* What failed is to be seen, however fast it was. */
            const b = Math.min(wide, Math.max(Math.floor(to), a + (kind === phase ? 1 : 4 * dots)));
            from = to;
            if (b <= a)
                continue;
            change[kind * (wide + 1) + a]++;
            change[kind * (wide + 1) + b]--;
        }
    }

    paintRow(image, row, change, tints, many) {
        const wide = image.width;
        const sums = new Float64Array(tints.length);
        let at = row * wide * 4;
        for (let x = 0; x < wide; x++, at += 4) {
            let all = 0, red = 0, green = 0, blue = 0;
            for (let kind = 0; kind < tints.length; kind++) {
                const sum = sums[kind] += change[kind * (wide + 1) + x];
                if (sum <= 0)
                    continue;
                /* Failures are few and have to be seen; queues are many and need not be. */
                const weight = kind >= PHASES.length ? sum * 15 : kind === QUEUE ? sum * 0.02 : sum;
                all += weight;
                red += weight * tints[kind][0];
                green += weight * tints[kind][1];
                blue += weight * tints[kind][2];
            }
            if (all === 0)
                continue;
            image.data[at] = red / all;
            image.data[at + 1] = green / all;
            image.data[at + 2] = blue / all;
            image.data[at + 3] = 255 * (0.6 + 0.4 * Math.min(1, 3 * all / many));
        }
    }

    /* putImageData() would wipe out the grid. */
    paste(image) {
        const aside = new OffscreenCanvas(image.width, image.height);
        aside.getContext("2d").putImageData(image, 0, 0);
        this.context.drawImage(aside, 0, 0);
    }

    drawActive() {
        const { context, dots } = this;
        const line = this.run === this.page.run ? this.lines.indexOf(this.page.active) : -1;
        if (line < 0)
            return;
        const high = Math.max(this.lineHeight() * dots, 2 * dots);
        const middle = (line + 0.5) * this.lineHeight() * dots;
        context.strokeStyle = this.page.colors.ink;
        context.lineWidth = 1.5 * dots;
        const i = this.page.active;
        const from = Math.max(this.x(this.run.begin[i]) * dots - 2 * dots, dots);
        const to = Math.min(this.x(this.run.until[i]) * dots + 2 * dots, this.canvas.width - dots);
        context.strokeRect(
            from, middle - high / 2 - dots, Math.max(to - from, 4 * dots), high + dots);
    }
}

function parseColor(text) {
    const number = parseInt(text.slice(1), 16);
    return [number >> 16, number >> 8 & 255, number & 255];
}

/* Round times of which about `wanted` lie between `from` and `to`. */
function roundTimes(from, to, wanted) {
    const rough = (to - from) / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const times = [];
    for (let n = Math.ceil(from / step); n * step <= to; n++)
        times.push(n * step);
    return { times, step };
}

/* The scale above the charts. */
class Axis {
    constructor(page) {
        this.page = page;
        this.canvas = element("canvas");
        this.canvas.style.height = "18px";
        this.figure = element("div", "chart axis", this.canvas);
        this.figure.setAttribute("aria-hidden", "true");
    }

    draw() {
        const dots = window.devicePixelRatio || 1;
        const wide = this.canvas.clientWidth;
        this.canvas.width = Math.round(wide * dots);
        this.canvas.height = Math.round(18 * dots);
        const context = this.canvas.getContext("2d");
        context.scale(dots, dots);
        context.font = "12px " + this.page.sans;
        context.fillStyle = this.page.colors.soft;
        context.textBaseline = "top";
        const { from, to } = this.page.window;
        for (const time of this.page.ticks()) {
            const x = (time - from) / (to - from) * wide;
            const text = sayTick(time, this.page.tickStep(), to);
            const half = context.measureText(text).width / 2;
            context.fillText(text, Math.min(Math.max(x - half, 0), wide - 2 * half), 2);
        }
    }
}

/* In the unit that fits the latest time, `top`, and with as many decimals as the step has. */
function sayTick(time, step, top) {
    const units = [[1e6, "\u00a0\u00b5s"], [1e3, "\u00a0ms"], [1, "\u00a0s"]];
    const unit = units[top < 0.001 ? 0 : top < 1 ? 1 : 2];
    const decimals = Math.max(0, -Math.floor(Math.log10(step * unit[0]) + 1e-9));
    return time === 0 ? "0" : (time * unit[0]).toFixed(decimals) + unit[1];
}
