"use strict";

/* What stands above the charts: the run in a sentence and in figures, or the comparison. */

function quantile(sorted, share) {
    if (sorted.length === 0)
        return 0;
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function figure(name, value, bad) {
    return element("div", bad ? "bad" : "", element("dt", "", name), element("dd", "", value));
}

/* Of a run that did not end properly the rows have to do. */
function totals(run) {
    const counts = run.counts();
    let bytes = 0;
    for (let i = 0; i < run.count; i++)
        if (run.outcome[i] === 0)
            bytes += run.bytes(i);
    const end = run.end || {
        ok: counts[0],
        unchanged: counts[1],
        skipped: counts[2],
        failed: counts[FAILED],
        not_tried: 0,
        bytes,
        wall: run.last,
    };
    return { ...end, wall: end.wall || run.last || 1e-6 };
}

function emphasis(text, classes) {
    return element("em", classes || "", text);
}

function headlineOfRun(run) {
    const sum = totals(run);
    const good = sum.ok + sum.unchanged;
    const all = good + sum.skipped + sum.failed;
    const words = sum.failed
        ? [emphasis(counted.format(sum.failed), "bad"),
            " of " + sayCount(all, "transfer", "transfers") + " failed, "]
        : sum.ok === 0 ? [sayCount(all, "URL, ", "URLs, ") + "nothing new, "]
        : [sayCount(good, "file, ", "files, ")];
    const bytes = sum.ok > 0 ? sayBytes(sum.bytes) + " in " : "in ";
    document.getElementById("headline").replaceChildren(...words, bytes,
        emphasis(saySeconds(sum.wall)));
    document.title = document.getElementById("headline").textContent + " \u2013 fetch";
}

function sublineOfRun(run) {
    const { head } = run;
    const lists = head.lists.length ? "From " + head.lists.map(harmless).join(", ") + ", " : "";
    const origin = run.origin ? " All from " + harmless(run.origin) + "." : "";
    return lists + (lists ? "mode " : "Mode ") + head.mode + " with " +
        sayCount(head.jobs, "job", "jobs") + ", " + sayDate(head.started / 1e6) + "." + origin;
}

function figuresOfRun(run) {
    const sum = totals(run);
    const times = Float64Array.from(run.bars, (i) => run.time(i)).sort();
    return [
        figure("ok", counted.format(sum.ok)),
        ...(sum.unchanged ? [figure("unchanged", counted.format(sum.unchanged))] : []),
        ...(sum.skipped ? [figure("skipped", counted.format(sum.skipped))] : []),
        figure("failed", counted.format(sum.failed), sum.failed > 0),
        ...(sum.not_tried ? [figure("not tried", counted.format(sum.not_tried), true)] : []),
        figure("files a second", digits(sum.ok / sum.wall)),
        figure("bytes a second", sayBytes(sum.bytes / sum.wall)),
        figure("at once, at most", counted.format(run.most)),
        figure("median time", saySeconds(quantile(times, 0.5))),
        figure("slowest", saySeconds(times.length ? times[times.length - 1] : 0)),
    ];
}

function noticeOf(runs, whole) {
    if (!whole)
        return "This file ends in the middle of things: the program was stopped, or is still at " +
            "work. What it had written until then is here.";
    if (runs.some((run) => run.end && run.end.interrupted))
        return "The job was interrupted; the same command goes on from there.";
    return "";
}

/* "async was 16 times as fast as sync" */
function headlineOfComparison(compared) {
    const first = compared[0];
    const best = compared.reduce((a, b) => b.wall_s < a.wall_s ? b : a);
    const times = first.wall_s / best.wall_s;
    const words = best === first
        ? [emphasis(first.mode), " was the fastest"]
        : [emphasis(best.mode), " was ", emphasis(digits(times) + "\u00a0times"),
            " as fast as " + first.mode];
    document.getElementById("headline").replaceChildren(...words);
    document.title = document.getElementById("headline").textContent + " \u2013 fetch compare";
}

const COMPARED = [
    ["jobs", (row) => counted.format(row.jobs)],
    ["ok", (row) => counted.format(row.ok)],
    ["failed", (row) => counted.format(row.failed)],
    ["bytes", (row) => sayBytes(row.bytes)],
    ["CPU user", (row) => saySeconds(row.user_s)],
    ["CPU system", (row) => saySeconds(row.sys_s)],
    ["peak memory", (row) => sayBytes(row.max_rss_kib * 1024)],
    ["switches", (row) => counted.format(row.context_switches)],
];

function cell(tag, content, classes, scope) {
    const made = element(tag, classes || "", content);
    if (scope)
        made.scope = scope;
    return made;
}

function tableOfComparison(compared) {
    const slowest = Math.max(...compared.map((row) => row.wall_s));
    const fastest = Math.min(...compared.map((row) => row.wall_s));
    const head = element("tr", "", cell("th", "mode", "", "col"),
        cell("th", "wall clock", "wall", "col"), cell("th", "speed-up", "", "col"),
        ...COMPARED.map(([name]) => cell("th", name, "", "col")));
    const rows = compared.map((row) => {
        const bar = element("i");
        bar.style.width = "calc((100% - 4.5rem) * " + row.wall_s / slowest + ")";
        return element("tr", row.wall_s === fastest ? "best" : "", cell("th", row.mode, "", "row"),
            cell("td", element("div", "", bar, saySeconds(row.wall_s)), "wall"),
            cell("td", digits(row.speedup) + "\u00d7", "speed"),
            ...COMPARED.map(([, say]) => cell("td", say(row))));
    });
    document.getElementById("modes").replaceChildren(
        element("thead", "", head), element("tbody", "", ...rows));
    document.getElementById("comparison").hidden = false;
}

/* Where the time of all transfers went together, and what the colours stand for. Who queues has not
 * begun, and many queue at once: that is no part of the whole. */
function fillLegend(run, colors, several) {
    const sums = PHASES.map((phase, p) => run.phase[p].reduce((sum, seconds) => sum + seconds, 0));
    const all = sums.reduce((a, b) => a + b, 0) - sums[QUEUE] || 1;
    const whole = element("li", "whole");
    whole.setAttribute("aria-hidden", "true");
    const parts = PHASES.map((phase, p) => {
        if (sums[p] === 0 && p < WAIT)
            return "";
        const swatch = element("i");
        swatch.style.background = colors[phase.key];
        const stretch = element("span");
        stretch.style.background = colors[phase.key];
        stretch.style.flexGrow = String(sums[p] / all * 1000);
        if (sums[p] > 0 && p !== QUEUE)
            whole.append(stretch);
        const item = element("li", "", swatch, phase.name,
            p === QUEUE ? "" : element("b", "", sayShare(sums[p] / all)));
        item.title = phase.says;
        return item;
    });
    const failed = element("i");
    failed.style.background = colors.failed;
    if (run.outcome.includes(FAILED))
        parts.push(element("li", "", failed, "Failed"));
    if (several)
        parts.push(element("li", "", "in mode " + run.name()));
    document.getElementById("legend").replaceChildren(whole, ...parts);
}
