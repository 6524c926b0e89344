/** What can go wrong, by what is to be done about it, and how long to wait before trying again. */
package io.nimoshake.core.fault;
