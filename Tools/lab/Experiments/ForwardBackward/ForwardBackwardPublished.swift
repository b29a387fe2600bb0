/// What others have found, and why it cannot be the same.
enum ForwardBackwardPublished {
  static let text = """
    ## Published beside ours

    | work | what was found | how it differs from what is measured here |
    | --- | --- | --- |
    | OSTL (Bohnstingl et al. 2022, abstract) | for shallow networks its gradient is that of BPTT | the same statement as ours at one hidden layer; deeper, its error crosses layers within one step, which is our `instantaneous` credit below the top layer |
    | OTPE (Summe et al. 2023, arXiv:2311.16151, abstract) | estimating what spikes do later in the layer above gives the best alignment with BPTT in deep networks; Spiking Heidelberg Digits: OTTT/OSTL 70.5 %, OTPE 75.2 %, BPTT 78.1 % | our symmetric credit has the membrane of the layer above too, exactly and for one layer, where OTPE estimates; their task needs spike times and is trained in many passes, ours is one pass over digits that hardly need them |
    | NeuroTrain (arXiv:2605.15058, tables) | N-MNIST, 20 epochs: BPTT 96.8 % (fully connected), e-prop 96.0 % (recurrent), OSTL 93.2 % and OTTT 87.0 % (fully connected) | one framework, batches of up to 256, 10 steps a recording, best of ten settings on the test set; ours is batch 1, 150 steps, one pass and a rate chosen on held-out trials |
    | S-TLLR (Apolinario and Roy 2025) | claims 5 to 50 times less memory than BPTT | its traces are one number a neuron, as those of our `instantaneous` credit; e-prop's filtered ones are one a synapse, and pay only for long trials |
    | e-prop (Bellec et al. 2020) | the factorisation is exact; what is dropped are paths through other neurons' spikes | in a recurrent layer that is dropped here as well; the row `recurrent` has its cosine |

    The cosines of OTPE and OSTL are drawn in figures whose numbers could not be read; none are repeated here.

    """
}
