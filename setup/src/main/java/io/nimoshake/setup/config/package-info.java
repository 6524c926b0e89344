/**
 * The keys of {@code nimo-shake.conf}: their types, defaults and descriptions. {@link
 * io.nimoshake.setup.config.ConfigKeys} lists them; parsing, help and documentation follow from
 * that list.
 */
package io.nimoshake.setup.config;
