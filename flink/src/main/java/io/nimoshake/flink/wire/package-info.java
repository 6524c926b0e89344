/**
 * The compact binary form of what travels between the processes of a job: splits, positions,
 * checkpoint entries, schemas, changes and faults. The bytes begin with the version of the form.
 * Older versions stay readable.
 */
package io.nimoshake.flink.wire;
