"use strict";
// Medians, quartiles and clusters.

/** The p-quantile of rising numbers, linear between neighbours. */
function quantile(rising, p) {
  const at = (rising.length - 1) * p;
  const below = Math.floor(at);
  const above = Math.min(below + 1, rising.length - 1);
  return rising[below] + (at - below) * (rising[above] - rising[below]);
}

function mean(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Count, range, quartiles and mean of numbers; null without any. */
function distribution(values) {
  if (values.length === 0) return null;
  const rising = new Float64Array(values).sort();
  return {
    n: rising.length,
    lowest: rising[0],
    lower: quantile(rising, 0.25),
    median: quantile(rising, 0.5),
    upper: quantile(rising, 0.75),
    highest: rising[rising.length - 1],
    mean: mean(rising),
  };
}

/**
 * The order of 0 to n-1 in which neighbours are near: hierarchical clustering with average linkage.
 * @param distance of two of them; null where it is not known, which counts as 1.
 */
function clusterOrder(count, distance) {
  const known = (a, b) => distance(a, b) ?? 1;
  let clusters = Array.from({ length: count }, (_, number) => [number]);
  const between = (one, other) => mean(one.flatMap((a) => other.map((b) => known(a, b))));
  while (clusters.length > 1) {
    let best = null;
    for (let i = 0; i < clusters.length; i += 1) {
      for (let j = i + 1; j < clusters.length; j += 1) {
        const apart = between(clusters[i], clusters[j]);
        if (!best || apart < best.apart) best = { i, j, apart };
      }
    }
    const joined = nearestEnds(clusters[best.i], clusters[best.j], known);
    clusters = [...clusters.filter((_, number) => number !== best.i && number !== best.j), joined];
  }
  return clusters[0] ?? [];
}

/** Two ordered clusters in a row, turned so that the ends that meet are the nearest. */
function nearestEnds(one, other, known) {
  const turned = (list) => [list, [...list].reverse()];
  const choices = turned(one).flatMap((a) => turned(other).map((b) => [a, b]));
  const gap = (pair) => known(pair[0].at(-1), pair[1][0]);
  return choices.reduce((best, next) => (gap(next) < gap(best) ? next : best)).flat();
}
