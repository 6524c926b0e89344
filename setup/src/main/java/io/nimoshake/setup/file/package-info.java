/** Files that several processes write. */
package io.nimoshake.setup.file;
