/**
 * What the sync needs from the outside: a source, a target, a place for checkpoints. Adapters
 * implement these and report every failure as a {@link io.nimoshake.core.fault.Fault}.
 */
package io.nimoshake.core.port;
