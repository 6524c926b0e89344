/**
 * Compares both sides, and mends. {@link io.nimoshake.app.check.Check} goes through the tables;
 * {@link io.nimoshake.app.check.TableCheck} finds what may be wrong with one; {@link
 * io.nimoshake.app.check.Settling} looks again until it is sure; {@link
 * io.nimoshake.app.check.Mending} repairs.
 */
package io.nimoshake.app.check;
