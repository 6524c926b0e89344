/**
 * The standalone host: owns the plan, runs pipelines, carries out commands, keeps the checkpoint
 * and the lease.
 */
package io.nimoshake.core.engine;
