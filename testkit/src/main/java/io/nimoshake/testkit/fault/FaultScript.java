package io.nimoshake.testkit.fault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The rules in force, and counts of calls and of injected faults. Of several rules that apply to a
 * call, the one added first wins; all of them count it. Safe for use by several threads.
 *
 * @param <C> a call
 * @param <F> what can be done to it
 */
final class FaultScript<C extends NamedCall, F extends InjectedFault> {
  /** Stands for every name in a rule. */
  static final String ANY = "*";

  /** See {@link CallRule#randomly}. */
  record Chance(long seed, double probability) {}

  /**
   * See {@link CallRule}.
   *
   * @param first the first matching call that may be struck, counted from 1
   * @param last the last one
   * @param most how many may be struck
   */
  record Rule<C extends NamedCall, F>(
      String name,
      Predicate<C> condition,
      long first,
      long last,
      long most,
      Optional<Chance> chance,
      List<F> faults) {
    boolean matches(C call) {
      boolean named = name.equals(ANY) ? call.isOrdinary() : name.equals(call.name());
      return named && condition.test(call);
    }
  }

  private final List<Active> rules = new ArrayList<>();
  private final Map<String, Long> calls = new HashMap<>();
  private final Tally injected = new Tally();

  synchronized Injection add(Rule<C, F> rule) {
    Active active = new Active(rule, rules.size());
    rules.add(active);
    return active;
  }

  /** Counts a call and says what is to be done to it, if anything. */
  synchronized Optional<F> strike(C call) {
    calls.merge(call.name(), 1L, Long::sum);
    calls.merge(ANY, 1L, Long::sum);
    Optional<F> struck = Optional.empty();
    for (Active rule : rules) {
      Optional<F> due = rule.due(call);
      if (struck.isEmpty() && due.isPresent()) {
        rule.count++;
        struck = due;
      }
    }
    struck.ifPresent(fault -> injected.count(fault.kind()));
    return struck;
  }

  synchronized void heal() {
    rules.clear();
  }

  /** How many calls of a name, or of {@link #ANY}, have come in. */
  synchronized long calls(String name) {
    return calls.getOrDefault(name, 0L);
  }

  Map<String, Long> injected() {
    return injected.counts();
  }

  private synchronized void remove(Active rule) {
    rules.remove(rule);
  }

  private synchronized long countOf(Active rule) {
    return rule.count;
  }

  private final class Active implements Injection {
    private final Rule<C, F> rule;
    private final long number;
    private final Map<String, Long> seenByName = new HashMap<>();
    private long seen;
    private long count;

    Active(Rule<C, F> rule, long number) {
      this.rule = rule;
      this.number = number;
    }

    /** What this rule does to a call, if no other one comes first. */
    Optional<F> due(C call) {
      if (!rule.matches(call)) {
        return Optional.empty();
      }
      seen++;
      long nth = seenByName.merge(call.name(), 1L, Long::sum);
      if (seen < rule.first() || seen > rule.last() || count >= rule.most()) {
        return Optional.empty();
      }
      Chance chance = rule.chance().orElse(new Chance(0, 1));
      // With the rule's number: or one rule would only strike calls that another strikes first.
      SplittableRandom random =
          new SplittableRandom(
              chance.seed() * 31
                  + number * 0x9E3779B97F4A7C15L
                  + call.name().hashCode() * 1_000_003L
                  + nth);
      return random.nextDouble() < chance.probability()
          ? Optional.of(rule.faults().get(random.nextInt(rule.faults().size())))
          : Optional.empty();
    }

    @Override
    public long count() {
      return countOf(this);
    }

    @Override
    public void stop() {
      remove(this);
    }
  }
}
