/**
 * The compact binary form of what leaves a process other than through a store: splits, positions,
 * checkpoint entries, schemas, changes and faults. Every piece begins with the version of the form;
 * what was written by an older version stays readable.
 */
package io.nimoshake.flink.wire;
