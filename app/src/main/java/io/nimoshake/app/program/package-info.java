/** The version and the exit codes of the program. */
package io.nimoshake.app.program;
