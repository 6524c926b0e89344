package io.nimoshake.testkit.fault;

/** A call that rules know by its name. */
public interface NamedCall {
  /** Such as {@code GetRecords}, {@code insert} or {@code write}. */
  String name();

  /** Whether rules for {@link FaultScript#ANY} call are for this one too. */
  default boolean isOrdinary() {
    return true;
  }
}
