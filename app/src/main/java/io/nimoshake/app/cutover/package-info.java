/**
 * The command cutover: asks a running sync for the proof that everything has arrived, and shows it.
 */
package io.nimoshake.app.cutover;
