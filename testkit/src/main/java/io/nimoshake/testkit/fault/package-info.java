/**
 * Trouble, scripted or drawn from a seed, and counted by kind: proxies in front of real servers
 * that reset, cut, delay and lie, and decorators that do as much to any port.
 */
package io.nimoshake.testkit.fault;
