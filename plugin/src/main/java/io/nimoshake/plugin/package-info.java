/**
 * What a mapping plug-in implements. {@link io.nimoshake.plugin.MappingPlugin} is the entry. A
 * plug-in sees this package, {@code org.bson} and {@code org.slf4j} of nimo-shake, and nothing else
 * of it.
 */
package io.nimoshake.plugin;
