/** The command {@code replay}: writes the items of the dead letter file again. */
package io.nimoshake.app.replay;
