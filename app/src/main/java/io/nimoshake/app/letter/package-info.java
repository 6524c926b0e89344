/** What the lines of a dead letter file say. */
package io.nimoshake.app.letter;
