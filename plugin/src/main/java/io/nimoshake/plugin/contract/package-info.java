/**
 * The contract of a mapping plug-in, as code. {@link
 * io.nimoshake.plugin.contract.PluginConformance} tests a plug-in. {@link
 * io.nimoshake.plugin.contract.CheckedMapper} holds it to the contract while nimo-shake runs.
 */
package io.nimoshake.plugin.contract;
