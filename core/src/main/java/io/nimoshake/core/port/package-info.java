/**
 * What the sync needs from outside: a source, a target, a store for checkpoints. Adapters implement
 * these interfaces and report every failure as a {@link io.nimoshake.core.fault.Fault}.
 */
package io.nimoshake.core.port;
