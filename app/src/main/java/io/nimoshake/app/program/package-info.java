/** What the program is to whoever starts it: its version and its exit codes. */
package io.nimoshake.app.program;
