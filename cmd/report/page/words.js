"use strict";

/* How numbers and texts are put into words. */

const counted = new Intl.NumberFormat("en");

/* Three digits that count. */
function digits(number) {
    if (number >= 100)
        return counted.format(Math.round(number));
    return number.toPrecision(number < 1 ? 2 : 3);
}

function sayBytes(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (bytes >= 1024 && unit < units.length - 1) {
        bytes /= 1024;
        unit++;
    }
    return (unit ? digits(bytes) : counted.format(bytes)) + "\u00a0" + units[unit];
}

function saySeconds(seconds) {
    if (seconds === 0)
        return "0";
    if (seconds < 0.001)
        return digits(seconds * 1e6) + "\u00a0\u00b5s";
    if (seconds < 1)
        return digits(seconds * 1e3) + "\u00a0ms";
    if (seconds < 120)
        return digits(seconds) + "\u00a0s";
    const minutes = Math.floor(seconds / 60);
    if (minutes < 120)
        return minutes + " min " + Math.round(seconds % 60) + " s";
    return Math.floor(minutes / 60) + " h " + (minutes % 60) + " min";
}

function sayCount(count, one, many) {
    return counted.format(count) + " " + (count === 1 ? one : many);
}

function sayShare(share) {
    const percent = share * 100;
    return percent > 0 && percent < 1 ? "<1\u00a0%" : Math.round(percent) + "\u00a0%";
}

function sayDate(seconds) {
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium" })
        .format(new Date(seconds * 1000));
}

/* Characters that would act instead of being seen - controls, turns of direction, what has no
 * width - are shown by their number. URLs come from anywhere. */
const unseen = new RegExp("[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]", "g");

function harmless(text) {
    return text.replace(unseen, (c) =>
        "\u27e8U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");
}

/* Where a URL's last part, by which people know it, begins. */
function lastPart(url) {
    const end = url.search(/[?#]/) < 0 ? url.length : url.search(/[?#]/);
    const slash = url.lastIndexOf("/", end - 2);
    return slash > 0 ? slash + 1 : 0;
}

/* An element with classes, text and children. */
function element(tag, classes, ...children) {
    const made = document.createElement(tag);
    if (classes)
        made.className = classes;
    made.append(...children);
    return made;
}
