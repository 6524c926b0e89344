/**
 * Compares both sides and repairs differences. {@link io.nimoshake.app.check.Check} compares the
 * tables, several at a time. {@link io.nimoshake.app.check.TableCheck} finds the suspects of one
 * table: items that seem to differ. {@link io.nimoshake.app.check.Settling} reads each suspect
 * again until it is equal or certainly different. {@link io.nimoshake.app.check.Repair} repairs it.
 */
package io.nimoshake.app.check;
