"use strict";

/* What the program wrote: lines of JSON. A run begins with an object, has an array a transfer and
 * ends with an object; a comparison stands before its runs. */

const PHASES = [
    { key: "queue", name: "Queue", says: "waiting for a place at its host, or for a pause to end" },
    { key: "earlier", name: "Earlier requests", says: "redirects, failed tries, pauses between" },
    { key: "dns", name: "DNS", says: "looking up the host's name" },
    { key: "connect", name: "Connect", says: "opening the connection" },
    { key: "tls", name: "TLS", says: "agreeing on keys" },
    { key: "wait", name: "First byte", says: "waiting for the answer to begin" },
    { key: "body", name: "Body", says: "receiving" },
];
const QUEUE = 0, EARLIER = 1, WAIT = 5, BODY = 6;
const OUTCOMES = ["ok", "unchanged", "skipped", "failed"];
const FAILED = 3;

/* One run: a column for each thing known, so that a million transfers need little. Times are in
 * seconds since its start. */
class Run {
    constructor(head, rows, end) {
        const n = rows.length;
        this.head = head;
        this.end = end;
        this.count = n;
        this.rows = rows;
        this.outcome = Uint8Array.from(rows, (row) => row[1]);
        this.begin = new Float64Array(n);
        this.first = new Float64Array(n); /* its first request */
        this.until = new Float64Array(n);
        this.phase = PHASES.map(() => new Float64Array(n));
        let origin = head.started;
        for (const row of rows)
            if (row[5] && row[5] < origin)
                origin = row[5];
        this.last = end ? end.wall : 0;
        for (let i = 0; i < n; i++)
            this.place(i, rows[i], origin);
        this.order();
        this.most = this.mostAtOnce();
        this.origin = commonOrigin(rows);
        this.shown = new Uint8Array(n).fill(1);
    }

    place(i, row, origin) {
        let at = row[5] ? (row[5] - origin) / 1e6 : NaN;
        this.begin[i] = at;
        for (let p = 0; p < PHASES.length; p++) {
            this.phase[p][i] = row[6 + p] / 1e6;
            at += this.phase[p][i];
        }
        this.first[i] = this.begin[i] + this.phase[QUEUE][i];
        this.until[i] = at;
        if (at > this.last)
            this.last = at;
    }

    /* Those that have a bar, as they began. */
    order() {
        const bars = [];
        for (let i = 0; i < this.count; i++)
            if (!Number.isNaN(this.begin[i]))
                bars.push(i);
        bars.sort((a, b) => this.first[a] - this.first[b] || this.until[a] - this.until[b]);
        this.bars = Int32Array.from(bars);
    }

    url(i) { return this.rows[i][0]; }
    status(i) { return this.rows[i][2]; }
    bytes(i) { return this.rows[i][3]; }
    attempts(i) { return this.rows[i][4]; }
    error(i) { return this.rows[i][13] || ""; }
    finalUrl(i) { return this.rows[i][14] || ""; }
    path(i) { return this.rows[i][15] || ""; }
    address(i) { return this.rows[i][16] || ""; }
    version(i) { return this.rows[i][17]; }
    hasBar(i) { return !Number.isNaN(this.begin[i]); }

    /* From the first request to the last byte. */
    time(i) { return this.hasBar(i) ? this.until[i] - this.first[i] : 0; }

    name() { return this.head.mode; }

    counts() {
        const counts = OUTCOMES.map(() => 0);
        for (const outcome of this.outcome)
            counts[outcome]++;
        return counts;
    }

    /* How many were under way, on average, in each of `bins` parts of the time from 0 to `last`. */
    atOnce(bins, last) {
        const load = new Float64Array(bins + 1);
        const slope = new Float64Array(bins + 2);
        for (const i of this.bars) {
            const from = Math.min(this.first[i] / last, 1) * bins;
            const to = Math.min(this.until[i] / last, 1) * bins;
            const a = Math.min(Math.floor(from), bins - 1);
            const b = Math.min(Math.floor(to), bins - 1);
            if (a === b) {
                load[a] += to - from;
                continue;
            }
            load[a] += a + 1 - from;
            load[b] += to - b;
            slope[a + 1]++;
            slope[b]--;
        }
        let whole = 0;
        for (let bin = 0; bin < bins; bin++) {
            whole += slope[bin];
            load[bin] += whole;
        }
        return load.subarray(0, bins);
    }

    /* The most that were under way at one moment. */
    mostAtOnce() {
        const ends = Float64Array.from(this.bars, (i) => this.until[i]).sort();
        let most = 0, ended = 0, begun = 0;
        for (const i of this.bars) {
            begun++;
            while (ends[ended] <= this.first[i])
                ended++;
            most = Math.max(most, begun - ended);
        }
        return most;
    }
}

/* Scheme and host that all URLs have in common, "": they have not. */
function commonOrigin(rows) {
    const origin = rows.length ? /^[a-z]+:\/\/[^/?#]+/.exec(rows[0][0]) : null;
    return origin && rows.every((row) => row[0].startsWith(origin[0] + "/")) ? origin[0] : "";
}

/* {runs, compared, lists, whole}: `whole` is false when the file ends in the middle of things. */
function readRuns(text) {
    const runs = [];
    let compared = null, lists = [], head = null, rows = [], whole = true;
    const close = (end) => {
        if (head)
            runs.push(new Run(head, rows, end));
        head = null;
        rows = [];
    };
    for (const line of text.split("\n")) {
        let item = null;
        if (!line)
            continue;
        try {
            item = JSON.parse(line);
        } catch {
            whole = false; /* the line that the program was writing when it was killed */
            break;
        }
        if (Array.isArray(item))
            rows.push(item);
        else if (item.run)
            head = item.run;
        else if (item.end)
            close(item.end);
        else
            ({ compare: compared, lists } = item);
    }
    if (head) {
        whole = false;
        close(null);
    }
    return { runs, compared, lists, whole };
}
