package io.nimoshake.testkit.fault;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Says which calls fail, and with {@link #with} how; nothing happens before {@code with} is called.
 * Every matching call fails unless {@link #times}, {@link #nth}, {@link #after} or {@link
 * #randomly} says otherwise. A rule counts the calls that match it, from when it was added.
 *
 * @param <C> a call
 * @param <F> what can be done to it
 * @param <S> the rule itself, so that its methods can be chained
 */
public abstract class CallRule<C extends NamedCall, F extends InjectedFault, S> {
  private final FaultScript<C, F> script;
  private final String name;
  private Predicate<C> condition = call -> true;
  private long first = 1;
  private long last = Long.MAX_VALUE;
  private long most = Long.MAX_VALUE;
  private Optional<FaultScript.Chance> chance = Optional.empty();

  CallRule(FaultScript<C, F> script, String name) {
    this.script = script;
    this.name = name;
  }

  abstract S self();

  /** Only calls for which this is true; with several conditions, for which all are true. */
  public S where(Predicate<? super C> also) {
    condition = condition.and(also);
    return self();
  }

  /** Only the next one. */
  public S once() {
    return times(1);
  }

  /** Only so many; then the rule is used up. */
  public S times(long count) {
    most = count;
    return self();
  }

  /** Only the nth, counted from 1. */
  public S nth(long number) {
    first = number;
    last = number;
    return self();
  }

  /** Not the next {@code count} ones, only those that come after them. */
  public S after(long count) {
    first = count + 1;
    return self();
  }

  /**
   * Only some, drawn at random. What is drawn depends on the seed, the call's name and how many
   * calls of this name came before, not on how threads interleave.
   *
   * @param probability of a call to be struck, 0 to 1
   */
  public S randomly(long seed, double probability) {
    chance = Optional.of(new FaultScript.Chance(seed, probability));
    return self();
  }

  /** Puts the rule in force. Of several faults, one is drawn for each call. */
  @SafeVarargs
  public final Injection with(F... faults) {
    return script.add(
        new FaultScript.Rule<>(name, condition, first, last, most, chance, List.of(faults)));
  }
}
