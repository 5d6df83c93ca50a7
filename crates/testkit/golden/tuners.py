"""The golden cases of the tuner types besides LoRA, a line each; the last part of the table in cases.py."""

import peft

import producers as by
from engine import Case


def of(config_class, **defaults):
    """A maker of cases of one type: (id, base, what, targets, base dtype, adapter dtype, options of the config)."""

    def case(id, base, what, targets, dtype="f32", adapter_dtype="f32", how=None, **options):
        options = defaults | {"target_modules": targets} | options
        return Case(id, base, what, lambda: config_class(**options), dtype, adapter_dtype, **(how or {}))

    return case


adalora = of(peft.AdaLoraConfig, init_r=6, target_r=3, lora_alpha=8, total_step=10)
ADALORA = [
    adalora("adalora", "llama", "AdaLoRA as initialised: rank 6 everywhere.", ["q_proj", "down_proj"], "bf16"),
    adalora("adalora-pruned", "llama", "AdaLoRA with pruned ranks, one module down to nothing.", ["q_proj", "k_proj", "v_proj"], how=dict(train=by.train_pruned([[1, 0, 1, 1, 0, 0], [0] * 6, [1] * 6]))),
    adalora("adalora-gpt2", "gpt2", "AdaLoRA on Conv1D, square and not.", ["c_attn", "c_proj"], "f16", init_r=4, lora_alpha=-1),
    adalora("adalora-conv", "conv", "AdaLoRA on Conv2d 3x3 and Linear.", ["square", "head"], init_r=5, target_r=2, lora_alpha=40),
]

loha = of(peft.LoHaConfig, r=4, alpha=32)
LOHA = [
    loha("loha", "llama", "LoHa on square and non-square linears.", ["q_proj", "down_proj"], "bf16"),
    loha("loha-patterns", "qwen2", "LoHa with rank and alpha patterns, bf16 adapter.", ["q_proj", "k_proj"], "f32", "bf16", r=3, rank_pattern={"k_proj": 5}, alpha_pattern={"q_proj": 50.5}),
    loha("loha-conv", "conv", "LoHa on convolutions, flattened.", ["conv1d", "point", "square", "grouped"], "bf16"),
    loha("loha-conv-tucker", "conv", "LoHa on convolutions with a core.", ["conv1d", "point", "square"], use_effective_conv2d=True),
    loha("loha-conv-tucker-f16", "conv", "The same in f16 with another rank.", ["conv1d", "square"], "f16", r=6, alpha=90, use_effective_conv2d=True),
]

lokr = of(peft.LoKrConfig, r=3, alpha=16)
LOKR = [
    lokr("lokr", "llama", "LoKr with a factored second half.", ["q_proj", "down_proj"], "bf16"),
    lokr("lokr-full", "llama", "LoKr with both halves stored whole.", ["k_proj", "up_proj"], r=64, alpha=64),
    lokr("lokr-both", "qwen2", "decompose_both, decompose_factor.", ["q_proj", "gate_proj"], "f16", "f16", r=1, decompose_both=True, decompose_factor=16),
    lokr("lokr-patterns", "llama", "LoKr with rank and alpha patterns.", ["q_proj", "v_proj"], rank_pattern={"v_proj": 2}, alpha_pattern={"v_proj": 7}),
    lokr("lokr-conv", "conv", "LoKr on convolutions, whole and factored.", ["conv1d", "point", "square"], "bf16", r=1),
    lokr("lokr-conv-full", "conv", "LoKr on convolutions, both halves whole: PEFT's odd product for Conv1d.", ["conv1d", "square", "grouped"], r=32, alpha=32),
    lokr("lokr-conv-tucker", "conv", "LoKr on convolutions with a core.", ["conv1d", "square", "point"], r=2, use_effective_conv2d=True),
    lokr("lokr-conv-tucker-both", "conv", "The same with decompose_both, bf16.", ["conv1d", "square"], "bf16", r=2, use_effective_conv2d=True, decompose_both=True),
]

ia3 = of(peft.IA3Config)
IA3 = [
    ia3("ia3", "llama", "(IA)3 on attention and, feed-forward, on the MLP.", ["k_proj", "v_proj", "down_proj"], "bf16", feedforward_modules=["down_proj"]),
    ia3("ia3-bias", "qwen2", "(IA)3 on layers with biases.", ["q_proj", "k_proj", "up_proj"], "f16", "f16", feedforward_modules=["up_proj"]),
    ia3("ia3-gpt2", "gpt2", "(IA)3 on Conv1D with biases; one feed-forward.", ["c_attn", "mlp.c_proj", "c_fc"], "bf16", feedforward_modules=["mlp.c_proj"]),
    ia3("ia3-conv", "conv", "(IA)3 on convolutions, some feed-forward.", ["point", "square", "conv3d", "head"], feedforward_modules=["square", "conv3d"]),
    ia3("ia3-regex", "gpt_neox", "(IA)3 with regexes for both lists.", r".*\.(query_key_value|dense_4h_to_h)", "bf16", feedforward_modules=r".*dense_4h_to_h"),
]

oft = of(peft.OFTConfig, r=0, oft_block_size=8)
OFT = [
    oft("oft", "llama", "OFT, Cayley-Neumann with five terms.", ["q_proj", "k_proj", "down_proj"], "bf16"),
    oft("oft-exact", "qwen2", "OFT with the exact Cayley transform; a block size that PEFT adjusts; biases untouched.", ["q_proj", "down_proj"], "f32", "bf16", oft_block_size=20, use_cayley_neumann=False),
    oft("oft-share", "llama", "One block for all inputs; three terms are made like four.", ["v_proj", "down_proj"], block_share=True, num_cayley_neumann_terms=3),
    oft("oft-terms", "llama", "Number of blocks given; two terms.", ["o_proj"], "f16", r=4, oft_block_size=0, num_cayley_neumann_terms=2),
    oft("oft-coft", "llama", "Constrained OFT, seven terms.", ["q_proj", "up_proj"], coft=True, eps=1.5, num_cayley_neumann_terms=7),
    oft("oft-embedding", "llama", "OFT on the input embedding, multiplied from the other side.", ["embed_tokens", "q_proj"], "bf16"),
    oft("oft-conv", "conv", "OFT on Conv2d 1x1 and a Linear.", ["point", "head"], oft_block_size=2),
    oft("oft-017", "llama", "PEFT 0.17 and before, which name no version, doubled the last term.", ["q_proj"], "bf16", how=dict(merge=by.merge_old_oft, respell=by.drop_version, lossy=True)),
]

boft = of(peft.BOFTConfig, boft_block_size=8)
BOFT = [
    boft("boft", "llama", "BOFT with one factor.", ["q_proj", "down_proj"], "bf16"),
    boft("boft-blocks", "qwen2", "Number of blocks given; biases untouched.", ["k_proj", "up_proj"], "f16", "f16", boft_block_size=0, boft_block_num=4),
    boft("boft-conv", "conv", "BOFT on Conv2d 1x1 and 3x3 and a Linear.", ["point", "square", "head"], boft_block_size=2),
    boft("boft-butterfly", "llama", "Three factors, as PEFT makes them where its CUDA extension can be built.", ["q_proj", "down_proj"], boft_block_size=4, boft_n_butterfly_factor=3, how=dict(around=by.with_butterflies)),
    boft("boft-butterfly-bf16", "llama", "Two factors by number of blocks.", ["v_proj", "gate_proj"], "bf16", boft_block_size=0, boft_block_num=8, boft_n_butterfly_factor=2, how=dict(around=by.with_butterflies)),
]

hra = of(peft.HRAConfig, r=4)
HRA = [
    hra("hra", "llama", "HRA, four reflections.", ["q_proj", "down_proj"], "bf16"),
    hra("hra-gs", "qwen2", "HRA with Gram-Schmidt; biases untouched.", ["q_proj", "k_proj"], "f32", "bf16", apply_GS=True, r=6, init_weights=False),
    hra("hra-odd", "llama", "An odd number of reflections.", ["v_proj", "up_proj"], "f16", r=3, init_weights=False),
    hra("hra-conv", "conv", "HRA on Conv2d 1x1 and 3x3 and a Linear.", ["point", "square", "head"], how=dict(double=True)),
]

vera = of(peft.VeraConfig, r=8, d_initial=0.7)
VERA = [
    vera("vera", "llama", "VeRA on square and non-square linears.", ["q_proj", "down_proj"], "bf16"),
    vera("vera-gpt2", "gpt2", "VeRA on Conv1D, square and not.", ["c_attn", "c_proj"], d_initial=0.3),
    vera("vera-qwen2", "qwen2", "VeRA of rank 5, biases untouched.", ["k_proj", "up_proj"], "f16", r=5),
]
pvera = of(peft.PveraConfig, r=8, d_initial=0.7)
PVERA = [
    pvera("pvera", "llama", "PVeRA: the mean.", ["q_proj", "down_proj"], "bf16"),
    pvera("pvera-gpt2", "gpt2", "PVeRA on Conv1D.", ["c_attn", "c_proj"], r=3),
]

miss = of(peft.MissConfig, r=8)
MISS = [
    miss("miss", "llama", "MiSS, r divides the inputs.", ["q_proj", "down_proj"], "bf16"),
    miss("miss-remainder", "qwen2", "MiSS, r does not divide the inputs; biases untouched.", ["k_proj", "down_proj"], "f16", "f16", r=7),
    miss("miss-mini", "llama", "MiSS mini.", ["k_proj", "up_proj"], init_weights="mini", mini_r=16),
    miss("miss-mini-remainder", "llama", "MiSS mini, r does not divide.", ["q_proj"], "bf16", r=10, init_weights="mini", mini_r=4),
    miss("miss-bat", "llama", "MiSS bat.", ["q_proj", "v_proj", "down_proj"], "bf16", init_weights="bat"),
    miss("miss-bat-16", "qwen2", "MiSS bat of another size.", ["up_proj"], r=16, init_weights="bat"),
    miss("bone", "llama", "Bone as PEFT 0.18 saved it: MiSS under another name.", ["q_proj", "down_proj"], "bf16", how=dict(label="bone", respell=by.as_bone)),
    miss("bone-bat", "llama", "Bone bat as PEFT 0.18 saved it.", ["k_proj"], init_weights="bat", how=dict(respell=by.as_bone)),
]

vblora = of(peft.VBLoRAConfig, r=4, num_vectors=12, vector_length=16, topk=2, save_only_topk_weights=False)
VBLORA = [
    vblora("vblora", "llama", "VB-LoRA with all logits.", ["q_proj", "down_proj"], "bf16"),
    vblora("vblora-topk", "llama", "VB-LoRA saved as top-k weights.", ["q_proj", "v_proj"], save_only_topk_weights=True),
    vblora("vblora-gpt2", "gpt2", "VB-LoRA on Conv1D, four best of twenty.", ["c_attn", "c_proj"], topk=4, num_vectors=20, vector_length=8),
    vblora("vblora-topk-wide", "qwen2", "Three best of a bank beyond one byte.", ["k_proj", "up_proj"], "f16", topk=3, num_vectors=300, vector_length=32, r=2, save_only_topk_weights=True),
]

shira = of(peft.ShiraConfig, r=2)
SHIRA = [
    shira("shira", "llama", "SHiRA on square and non-square linears.", ["q_proj", "down_proj"], "bf16", mask_type="random", random_seed=3),
    shira("shira-f16", "qwen2", "SHiRA of another rank, f16 adapter.", ["k_proj", "up_proj"], "f32", "f16", r=5, random_seed=4),
    shira("shira-r1", "llama", "SHiRA of rank 1.", ["v_proj"], "f16", r=1, random_seed=5),
]

c3a = of(peft.C3AConfig, block_size=16)
C3A = [
    c3a("c3a", "llama", "C3A on square and non-square linears.", ["q_proj", "down_proj"], "bf16", init_weights="gaussian"),
    c3a("c3a-pattern", "qwen2", "C3A with a block size per module.", ["k_proj", "up_proj"], init_weights="xavier_uniform", block_size=32, block_size_pattern={"k_proj": 8}),
    c3a("c3a-f16", "llama", "C3A with one block per dimension of v_proj.", ["v_proj"], "f16", "f16", block_size=32, init_weights="gaussian"),
]

road = of(peft.RoadConfig, group_size=16)
ROAD = [
    road("road-1", "llama", "RoAd, one angle per pair.", ["q_proj", "down_proj"], "bf16", variant="road_1"),
    road("road-2", "qwen2", "RoAd, one angle per output, biases turned as well.", ["q_proj", "up_proj"], variant="road_2"),
    road("road-4", "qwen2", "RoAd, angles for cosine and sine apart.", ["k_proj", "o_proj"], "f16", "bf16", variant="road_4", group_size=32),
    road("road-1-bias", "gpt_neox", "RoAd on a fused projection with bias.", ["query_key_value"], "bf16", variant="road_1", group_size=64),
]

gralora = of(peft.GraloraConfig, r=8, alpha=24, gralora_k=2)
GRALORA = [
    gralora("gralora", "llama", "GraLoRA, two by two blocks.", ["q_proj", "down_proj"], "bf16"),
    gralora("gralora-hybrid", "qwen2", "GraLoRA with an ordinary LoRA beside it.", ["k_proj", "up_proj"], "f32", "bf16", gralora_k=4, hybrid_r=3),
    gralora("gralora-gpt2", "gpt2", "GraLoRA on Conv1D, hybrid.", ["c_attn", "c_proj"], "f16", hybrid_r=2, alpha=10),
]

delora = of(peft.DeloraConfig, r=4)
DELORA = [
    delora("delora", "llama", "DeLoRA on square and non-square linears.", ["q_proj", "down_proj"], "bf16"),
    delora("delora-patterns", "qwen2", "DeLoRA with rank and lambda patterns.", ["k_proj", "up_proj"], delora_lambda=3, rank_pattern={"k_proj": 7}, lambda_pattern={"up_proj": 9}),
    delora("delora-f16", "llama", "DeLoRA, f16 adapter.", ["v_proj"], "f16", "f16", r=3, init_weights=False),
]

hira = of(peft.HiraConfig, r=4)
HIRA = [
    hira("hira", "llama", "HiRA on square and non-square linears.", ["q_proj", "down_proj"], "bf16", init_weights=False),
    hira("hira-gpt2", "gpt2", "HiRA on Conv1D.", ["c_attn", "c_proj"], init_weights=False),
    hira("hira-conv", "conv", "HiRA on convolutions and a Linear.", ["conv1d", "point", "square", "conv3d", "head"], init_weights=False),
    hira("hira-embedding", "llama", "HiRA on the input embedding.", ["embed_tokens"], "f16", r=6),
    hira("hira-pattern", "qwen2", "HiRA with a rank pattern.", ["k_proj", "up_proj"], "bf16", "bf16", init_weights=False, rank_pattern={"k_proj": 2}),
]

randlora = of(peft.RandLoraConfig, r=4, randlora_alpha=40)
RANDLORA = [
    randlora("randlora", "llama", "RandLoRA on linears, wide, tall and square.", ["q_proj", "up_proj", "down_proj"], "bf16"),
    randlora("randlora-gpt2", "gpt2", "RandLoRA on Conv1D; the rank does not divide.", ["c_attn", "c_proj"], r=5),
    randlora("randlora-sparse", "qwen2", "RandLoRA with sparse bases, biases untouched.", ["k_proj", "o_proj"], "f16", r=6, sparse=True),
]

beft = of(peft.BeftConfig)
BEFT = [
    beft("beft", "qwen2", "BEFT on value projections.", ["v_proj"], "bf16"),
    beft("beft-neox", "gpt_neox", "BEFT on all biases of a layer, bf16 adapter.", ["query_key_value", "dense", "dense_h_to_4h"], "f32", "bf16"),
]

unilora = of(peft.UniLoraConfig, r=4, theta_d_length=50, proj_seed=7, save_indices=True)
UNILORA = [
    unilora("unilora", "llama", "Uni-LoRA with its indices in the file.", ["q_proj", "down_proj"], "bf16", init_weights=False),
    unilora("unilora-gpt2", "gpt2", "Uni-LoRA on Conv1D.", ["c_attn", "c_proj"], r=3, theta_d_length=77, init_weights=False),
]

fourierft = of(peft.FourierFTConfig, n_frequency=60, scaling=150.0, init_weights=False)
FOURIERFT = [
    fourierft("fourierft", "llama", "FourierFT on square and non-square linears.", ["q_proj", "down_proj"], "bf16", scaling=100),
    fourierft("fourierft-gpt2", "gpt2", "FourierFT on Conv1D, another seed.", ["c_attn", "c_proj"], random_loc_seed=11),
    fourierft("fourierft-pattern", "qwen2", "Numbers of frequencies per module.", ["k_proj", "up_proj"], "f16", "f16", n_frequency=200, n_frequency_pattern={"k_proj": 31}, random_loc_seed=0, scaling=80),
]

waveft = of(peft.WaveFTConfig, n_frequency=200, scaling=6.0)
WAVEFT = [
    waveft("waveft", "llama", "WaveFT with Haar's wavelet.", ["q_proj", "down_proj"], "bf16"),
    waveft("waveft-db4", "qwen2", "WaveFT with a Daubechies wavelet and another seed.", ["k_proj", "up_proj"], wavelet_family="db4", random_loc_seed=5),
    waveft("waveft-sym7", "llama", "WaveFT with a symlet, numbers in proportion to the layers.", ["v_proj", "gate_proj"], "f16", "f16", wavelet_family="sym7", proportional_parameters=True),
    waveft("waveft-coif2-gpt2", "gpt2", "WaveFT with a coiflet on Conv1D.", ["c_attn", "c_proj"], "bf16", wavelet_family="coif2", random_loc_seed=9),
    waveft("waveft-direct", "llama", "WaveFT without the transform.", ["o_proj", "up_proj"], use_idwt=False),
    waveft("waveft-db10", "llama", "WaveFT with a long wavelet.", ["q_proj"], wavelet_family="db10"),
]

glora = of(peft.GloraConfig, r=4, init_weights=False)
GLORA = [
    glora("glora", "qwen2", "GLoRA with products, the bias moved by the weight.", ["q_proj", "v_proj"], "bf16"),
    glora("glora-vector", "gpt_neox", "GLoRA with vectors everywhere.", ["query_key_value"], config_A_B="vector", config_C="vector", config_D_E="vector"),
    glora("glora-constant", "qwen2", "GLoRA with numbers, and no bias path from the weight.", ["k_proj", "up_proj"], "f16", "bf16", config_A_B="constant", config_C="none"),
    glora("glora-no-bias", "llama", "GLoRA on layers without a bias.", ["q_proj", "down_proj"], r=3),
    glora("glora-bias-only", "qwen2", "GLoRA that leaves the weight alone.", ["v_proj"], "bf16", config_A_B="none", config_D_E="vector"),
]

deft = of(peft.DeftConfig, r=4, init_weights=False)
DEFT = [
    deft("deft-relu", "llama", "DEFT with relu.", ["q_proj", "down_proj"], "bf16", init_scale=5),
    deft("deft-qr", "qwen2", "DEFT with QR and a scale.", ["k_proj", "up_proj"], decomposition_method="qr", alpha=6),
    deft("deft-para", "llama", "DEFT that only takes away.", ["v_proj"], "f16", decomposition_method="qr", para=True),
    deft("deft-gpt2", "gpt2", "DEFT on Conv1D with QR.", ["c_attn", "c_proj"], "bf16", "bf16", decomposition_method="qr", init_scale=9),
]

osf = of(peft.OSFConfig, effective_rank=20)
SVD = dict(truth="peft-svd-merge")
OSF = [
    osf("osf", "llama", "OSF on square and non-square linears.", ["q_proj", "down_proj"], "bf16", how=SVD),
    osf("osf-f32", "qwen2", "OSF of another rank; biases untouched.", ["k_proj", "up_proj"], effective_rank=9, how=SVD),
]

bdlora = of(peft.LoraConfig, r=4, lora_alpha=12)
BDLORA = [
    bdlora("bdlora", "llama", "BD-LoRA: A in blocks here, B in blocks there.", ["q_proj", "down_proj"], "bf16", use_bdlora=by.blocks(2, a=["q_proj"], b=["down_proj"])),
    bdlora("bdlora-four", "qwen2", "BD-LoRA in four blocks beside an ordinary pair.", ["k_proj", "v_proj", "up_proj"], "f32", "bf16", r=8, use_rslora=True, use_bdlora=by.blocks(4, a=["up"], b=["k_proj"], match_strict=False)),
]

peanut = of(peft.PeanutConfig, r=4, init_weights=False)
PEANUT = [
    peanut("peanut", "llama", "PEANuT as it comes.", ["q_proj", "down_proj"], "bf16"),
    peanut("peanut-deep", "qwen2", "PEANuT of depth three with a smooth activation; biases untouched.", ["k_proj", "up_proj"], depth=3, act_fn="silu", scaling=0.6),
    peanut("peanut-tanh", "llama", "PEANuT without hidden layers, tanh.", ["v_proj"], "f16", "f16", depth=0, act_fn="tanh", r=6),
]

TUNERS = [
    *ADALORA, *LOHA, *LOKR, *IA3, *OFT, *BOFT, *HRA, *VERA, *PVERA, *MISS, *VBLORA, *SHIRA, *C3A, *ROAD, *GRALORA,
    *DELORA, *HIRA, *RANDLORA, *BEFT, *UNILORA, *FOURIERFT, *WAVEFT, *GLORA, *DEFT, *OSF, *BDLORA, *PEANUT,
]
