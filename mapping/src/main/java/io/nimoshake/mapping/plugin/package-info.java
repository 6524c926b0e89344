/** A mapping that a plug-in gives: loading its class, and asking it for each item. */
package io.nimoshake.mapping.plugin;
