package io.nimoshake.core.fault;

/**
 * A server that cannot be reached, and how that shows. An adapter gives it with a fault, so that
 * one outage is told once and not once for every call that fails.
 *
 * @param server the server for people: "MongoDB at h:27017"
 * @param how what it does instead of answering: "refuses connections"
 */
public record Unreachable(String server, String how) {
  @Override
  public String toString() {
    return server + " " + how;
  }
}
