package io.nimoshake.core.fault;

/** Hears from an adapter whether its server can be reached, even while nothing calls it. */
public interface Reachability {
  /** A server cannot be reached. May be called again while that lasts. */
  void missed(Unreachable server);

  /**
   * A server can be reached.
   *
   * @param server as {@link Unreachable#server}
   */
  void reached(String server);
}
