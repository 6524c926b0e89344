package io.nimoshake.testkit.fault;

/** Something that is done to a call or a connection, on purpose. */
public interface InjectedFault {
  /** The name it is counted under. */
  String kind();
}
