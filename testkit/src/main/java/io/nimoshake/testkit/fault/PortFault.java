package io.nimoshake.testkit.fault;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;

/** What {@link PortFaults} can do to a call of a port. */
public sealed interface PortFault extends InjectedFault {
  /** It asks for fewer calls; the call has no effect. */
  PortFault THROTTLED = new Throttles();

  /** It fails on the way there; the call has no effect. */
  PortFault RESET = new Resets();

  /** It has its effect, and its answer is lost. */
  PortFault ANSWER_LOST = new AnswerLost();

  /** See {@link #THROTTLED}. */
  record Throttles() implements PortFault {
    @Override
    public String kind() {
      return "throttled";
    }
  }

  /** See {@link #RESET}. */
  record Resets() implements PortFault {
    @Override
    public String kind() {
      return "reset";
    }
  }

  /** See {@link #ANSWER_LOST}. */
  record AnswerLost() implements PortFault {
    @Override
    public String kind() {
      return "answer_lost";
    }
  }

  /** It fails for good, in this way; the call has no effect. */
  record Fails(Fault fault) implements PortFault {
    @Override
    public String kind() {
      return fault.kind();
    }
  }

  /** It begins after a while. */
  record Slow(Duration by) implements PortFault {
    @Override
    public String kind() {
      return "slow";
    }
  }
}
